from django.db import migrations

from common.initials import place_letters, place_sounds

BATCH = 1000


def read_again(apps, editor):
    """Reads the names of all divisions and grids by the table of local readings; names themselves stay."""
    for model, columns in (("Division", (("sort_key", place_sounds, 200), ("initials", place_letters, 60))),
                           ("Grid", (("initials", place_letters, 80),))):
        rows, changed = apps.get_model("grids", model).objects, []
        for row in rows.only("pk", "name", *(column for column, _, _ in columns)).iterator(BATCH):
            read = {column: reading(row.name, most=most) for column, reading, most in columns}
            if any(getattr(row, column) != said for column, said in read.items()):
                for column, said in read.items():
                    setattr(row, column, said)
                changed.append(row)
        rows.bulk_update(changed, [column for column, _, _ in columns], batch_size=BATCH)


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0008_review_of_law'),
    ]

    operations = [migrations.RunPython(read_again, migrations.RunPython.noop, elidable=True)]
