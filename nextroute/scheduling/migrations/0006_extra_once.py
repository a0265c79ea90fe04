"""An extra is ordered once for a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_customers_change")]

    operations = [
        migrations.AddConstraint(
            model_name="extra",
            constraint=models.UniqueConstraint(
                condition=models.Q(("called_off_at", None), ("dropped_at", None)),
                fields=("property", "plan", "day"),
                name="extra_once",
            ),
        ),
    ]
