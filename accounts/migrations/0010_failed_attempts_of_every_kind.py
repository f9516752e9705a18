from django.db import migrations, models

from accounts.digests import keyed_digest

DROP_AXES = "DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accesslog, axes_accessfailurelog"


def keep_failures(apps, schema_editor):
    """Carry over the wrong codes of the last day, which name their account by its number."""
    trials = apps.get_model("accounts", "FailedTrial").objects.select_related("user")
    attempts = apps.get_model("accounts", "FailedAttempt").objects
    for trial in trials.iterator():
        digest = keyed_digest("name", trial.user.username)
        attempts.create(kind=trial.kind, name_digest=digest, at=trial.at)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_superusers_by_the_owner")]

    operations = [
        migrations.RenameModel("FailedSignIn", "FailedAttempt"),
        migrations.AlterModelOptions(
            "failedattempt", {"verbose_name": "输错记录", "verbose_name_plural": "输错记录"}
        ),
        migrations.AddField(
            "failedattempt",
            "kind",
            models.CharField(default="sign_in", max_length=12, verbose_name="类别"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "failedattempt",
            "network_digest",
            models.CharField(default="", max_length=64, verbose_name="网络散列"),
        ),
        migrations.RemoveIndex("failedattempt", "failed_sign_in_of_name"),
        migrations.RemoveIndex("failedattempt", "failed_sign_in_at"),
        migrations.AddIndex(
            "failedattempt",
            models.Index(fields=["kind", "name_digest", "at"], name="failed_attempt_of_name"),
        ),
        migrations.AddIndex(
            "failedattempt",
            models.Index(fields=["kind", "network_digest", "at"], name="failed_attempt_at_network"),
        ),
        migrations.AddIndex("failedattempt", models.Index(fields=["at"], name="failed_attempt_at")),
        migrations.RunPython(keep_failures, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("FailedTrial"),
        migrations.RunSQL(DROP_AXES, migrations.RunSQL.noop, elidable=True),
    ]
