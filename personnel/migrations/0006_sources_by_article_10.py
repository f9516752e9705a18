"""Sources were free text once; what plainly means one of Art. 10 becomes it, what does not stays as it was written."""

from django.db import migrations

# Words by which a source of a post is known, the first that is found counts.
KNOWN = {
    "leader": (
        (("党", "书记"), "城乡社区党组织主要负责人"),
        (("委会", "主任"), "村（居）民委员会主要负责人"),
    ),
    "full_time": ((("招",), "社会招聘"), (("社区", "村"), "城乡社区工作人员")),
    "part_time": (
        (("党组织", "支委"), "村（社区）党组织成员"),
        (("委会",), "村（居）民委员会成员"),
        (("党员",), "村（社区）党员"),
        (("人大",), "人大代表"),
        (("政协",), "政协委员"),
        (("代表",), "村（居）民代表"),
        (("调解",), "人民调解员"),
        (("辅警",), "辅警"),
        (("物业",), "物业管理人员"),
        (("志愿",), "志愿者"),
    ),
}
STAFF_OF = {True: "街道办事处工作人员", False: "乡镇人民政府工作人员"}


def source_of(role, text, township):
    """The source of Art. 10 that a text plainly means, else the text itself."""
    if not text or text in STAFF_OF.values():
        return text
    if role == "instructor":
        return STAFF_OF["街道" in township]
    return next((source for words, source in KNOWN[role] if any(word in text for word in words)), text)


def name_sources(apps, schema_editor):
    postings = apps.get_model("personnel", "GridPosting")
    rows = postings.objects.exclude(source="").values_list("role", "source", "village__parent__name").distinct()
    for role, text, township in list(rows):
        source = source_of(role, text, township or "")
        if source != text:
            found = postings.objects.filter(role=role, source=text, village__parent__name=township)
            found.update(source=source)


class Migration(migrations.Migration):
    dependencies = [("personnel", "0005_staff_imports")]
    operations = [migrations.RunPython(name_sources, migrations.RunPython.noop, elidable=True)]
