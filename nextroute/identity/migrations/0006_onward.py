from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_enter")]

    operations = [
        migrations.AddField(model_name="ask", name="onward", field=models.TextField(default="")),
    ]
