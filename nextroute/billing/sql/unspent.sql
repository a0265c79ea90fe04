-- What customers have unspent, the oldest first.
WITH {sources}
SELECT customer_id, id, is_note, unspent::bigint, wanted FROM sources WHERE unspent > 0 ORDER BY customer_id, since, id
