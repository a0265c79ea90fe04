-- A customer's books.
WITH {books}
SELECT invoiced, credited, money, open, credit, processing FROM books
