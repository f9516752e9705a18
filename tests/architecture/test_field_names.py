"""People never read a name of the code: every field has a Chinese label, no sentence holds a code word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module

from django import forms

from tests.architecture.sources import PRODUCT, faults_by_file, named, nodes_of
from tests.faults import assert_none

CODE_WORDS = re.compile(r"幂等|\b[a-z]+_[a-z_]+\b|\b[Ii]dempotency|\b(?:version|field|uuid|key|lat|lon)\b")
FILLED_IN = re.compile(r"%\(\w+\)s|\{\w*\}")
CHINESE = re.compile("[\u4e00-\u9fff]")


def modules_with_forms() -> Iterator[str]:
    for path in PRODUCT:
        if "forms.Form" in path.read_text(encoding="utf-8") or "Form)" in path.read_text(encoding="utf-8"):
            yield named(path).removesuffix(".py").replace("/", ".")


def forms_of(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from forms_of(each)


def nameless(form: type[forms.BaseForm]) -> Iterator[str]:
    for name, field in getattr(form, "base_fields", {}).items():
        if not CHINESE.search(str(field.label or "")):
            yield f"{form.__module__}.{form.__name__}: {name}"


def test_every_field_of_every_form_has_a_chinese_label() -> None:
    for module in modules_with_forms():
        import_module(module)
    ours = {form for form in forms_of(forms.Form) if not form.__module__.startswith(("django", "tests"))}
    assert len(ours) > 60
    assert_none(sorted(fault for form in ours for fault in nameless(form)))


def test_a_field_without_a_label_is_noticed() -> None:
    class Nameless(forms.Form):
        key = forms.CharField()
        place = forms.CharField(label="地点")

    assert [fault.rpartition(" ")[2] for fault in nameless(Nameless)] == ["key"]


def docstrings(tree: ast.AST) -> set[int]:
    """The texts that explain code to those who work on it."""
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def code_words(nodes: list[ast.AST]) -> list[str]:
    explained = {each for node in nodes if isinstance(node, ast.Module) for each in docstrings(node)}
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained
    ]
    chinese = (text for text in texts if CHINESE.search(text))
    return [text for text in chinese if CODE_WORDS.search(FILLED_IN.sub("", text))]


def test_no_sentence_for_people_holds_a_word_of_the_code() -> None:
    """Columns are named in the database, commands speak to who runs the platform."""
    elsewhere = {"management", "migrations", "demo", "models", "models.py"}
    for_people = [path for path in PRODUCT if not elsewhere & set(path.parts)]
    assert_none(faults_by_file(for_people, lambda path: code_words(list(nodes_of(path)))))


def test_a_word_of_the_code_in_a_sentence_is_noticed() -> None:
    source = '"""说明 grid_id。"""\nsay("缺少 version：请刷新")\nsay("最多 %(show_value)s 字")\nsay("幂等键用过了")'
    assert code_words(list(ast.walk(ast.parse(source)))) == ["缺少 version：请刷新", "幂等键用过了"]
