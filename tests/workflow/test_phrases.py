"""The phrases of a person: saved once, offered in every text field, never with a personal number."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import RuleViolation
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow.actions.phrases import MOST_PHRASES, add_phrase
from workflow.models import Phrase
from workflow.models.phrases import LONGEST_PHRASE

HERE = "workflow:phrases"
TEXT = "请先到现场看一看，拍照后补充。"


@pytest.fixture
def zhao(town: Town) -> Client:
    return Visitor(town.zhao).client


def test_a_phrase_is_offered_to_its_owner_alone_and_removed_by_him_alone(town: Town, zhao: Client) -> None:
    assert "已记下" in zhao.post(reverse(HERE), {"text": f"  {TEXT}\n"}, follow=True).content.decode()
    zhao.post(reverse(HERE), {"text": TEXT})
    assert zhao.get(reverse("workflow:offered_phrases")).json() == {"phrases": [TEXT]}
    phrase, tang = Phrase.objects.get(), Visitor(town.tang).client
    assert tang.get(reverse("workflow:offered_phrases")).json() == {"phrases": []}
    address = reverse("workflow:remove_phrase", args=[phrase.pk])
    assert tang.post(address).status_code == 404
    assert "已删除" in zhao.post(address, follow=True).content.decode()
    assert not Phrase.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请写下这句短语"),
        ("联系人 13800001234", "手机号"),
        ("身份证４１０９０１１９８００１０１１２３２", "身份证号"),
        ("长" * (LONGEST_PHRASE + 1), f"最多 {LONGEST_PHRASE} 字，您写了 {LONGEST_PHRASE + 1} 字"),
    ],
)
def test_a_refused_phrase_has_its_sentence_and_stays_in_the_line(
    zhao: Client, text: str, sentence: str
) -> None:
    answer = zhao.post(reverse(HERE), {"text": text})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'value="{text}"' in page
    assert not Phrase.objects.exists()


def test_there_is_an_end_to_phrases(town: Town) -> None:
    for number in range(MOST_PHRASES):
        add_phrase(f"第{number}句", by=town.zhao, at=MONDAY)
    assert add_phrase("第3句", by=town.zhao, at=MONDAY).text == "第3句"
    with pytest.raises(RuleViolation, match=f"您已有 {MOST_PHRASES} 句短语"):
        add_phrase("再来一句", by=town.zhao, at=MONDAY)
