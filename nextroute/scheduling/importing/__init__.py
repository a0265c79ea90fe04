"""`nextroute import FOLDER`: a business, its plans, zones and customers, from CSV files. docs/rules/importing.md.

`import_folder` is the verb; beside it a module for each noun. Plans and zones are few and written one by one; the rows
of customers.csv are many and written from the temporary table `import_row`, set by set.
"""

from nextroute.customers.importing import Counts, Fault, ImportRefused, Notice, Report
from nextroute.scheduling.importing.folder import import_folder

__all__ = ["Counts", "Fault", "ImportRefused", "Notice", "Report", "import_folder"]
