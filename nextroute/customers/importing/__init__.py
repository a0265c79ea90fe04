"""Reading exports, and writing the customers and properties in them. The rule: docs/rules/importing.md.

`sheets` and `cells` read any CSV file; a bad cell becomes a Fault, and faults are collected, not raised. Rows of
customers.csv are streamed into the temporary table `import_row`; what is written comes from there, set by set. The verb
that imports a whole folder is scheduling's, whose plans and zones the same rows name.
"""

from nextroute.customers.importing.findings import Fault, Findings, ImportRefused, Notice
from nextroute.customers.importing.reports import Counts, Report

__all__ = ["Counts", "Fault", "Findings", "ImportRefused", "Notice", "Report"]
