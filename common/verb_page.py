"""The page of a verb: what it will do, what it asks, one button. Nothing that was typed is lost.

A noun keeps a table of its verbs (:class:`Verb`) and one subclass of :class:`VerbPage` that finds the row and knows
who may. A page on which something is begun, of which there is no row yet, is a :func:`form_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from common import clock
from common.doors import led_to
from common.errors import NotPermitted, Refusal, RuleViolation, StaleVersion
from common.next_page import next_page
from common.versions import VersionedForm

TEMPLATE, PIECE = "verb.html", "parts/verb.html"


@dataclass(frozen=True)
class Verb:
    """What a noun says of one of its verbs."""

    act: Callable[..., Any]  # called with the row, what the form gave, ``by`` and ``at``
    word: str
    consequence: str = ""
    form: type[VersionedForm] = VersionedForm
    is_dangerous: bool = False
    button: str = ""  # what the button says where that is not the word
    done: str = ""  # what is said afterwards, of the ``row`` as it is then


class VerbPage(View):
    """GET shows the form of a verb, POST does the verb; an address names the verb, or its pattern does."""

    verbs: ClassVar[Mapping[str, Verb]] = {}
    life: ClassVar[Any] = None  # personnel.life.Life of the noun
    verb = ""
    template, piece = TEMPLATE, PIECE

    def dispatch(self, request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        """Find the row before anything else: out of sight is as missing."""
        self.verb = names.pop("verb", "") or self.verb
        if self.verb not in self.verbs:
            raise Http404
        self.told, self.names, self.user = self.verbs[self.verb], names, request.user
        self.row = self.find(**names)
        return super().dispatch(request, *args, **names)

    # --- What a noun says ---------------------------------------------------------------------------------------

    def find(self, **names: Any) -> Any:
        """The row of the address. Raises Http404 if it does not exist or the user may not see it."""
        raise NotImplementedError

    def require(self) -> None:
        """Raise the refusal that the verb would meet before its content is looked at."""
        self.life.require_open(self.row, self.verb, by=self.user)

    def asked(self) -> dict[str, Any]:
        """What the form is made with beside the version."""
        return {}

    def prepare(self, said: dict[str, Any]) -> None:
        """Do beforehand what outlasts a refusal."""

    def act(self, said: dict[str, Any]) -> Any:
        """Do the verb."""
        return self.told.act(self.row, **said, by=self.user, at=clock.now())

    def sentence(self, result: Any) -> str:
        """What is said afterwards."""
        return self.told.done.format(row=result, page=self)

    def back(self) -> str:
        """The page of the row."""
        raise NotImplementedError

    def after(self, result: Any) -> str:
        """Where to go afterwards."""
        return self.back()

    def context(self) -> dict[str, Any]:
        """What the page shows around the form: see templates/verb.html."""
        return {}

    # --- What every noun has ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, **names: Any) -> HttpResponse:
        """Show the form; a verb that is not open says why instead."""
        return self.page(self.made_form())

    def post(self, request: HttpRequest, **names: Any) -> HttpResponse:
        """Do the verb with what the form gives."""
        form = self.made_form(request.POST, request.FILES)
        closed = self.closed()
        if isinstance(closed, NotPermitted):  # before anything is said about the content
            return self.page(form, refusal=closed, status=closed.status)
        if not form.is_valid():
            return self.page(form, status=422)
        said = form.said() if hasattr(form, "said") else dict(form.cleaned_data)
        version = said.pop("version")
        try:
            self.row.require_version(version)
            self.prepare(said)
            with transaction.atomic():  # a refusal takes back what was begun, so that the page can read on
                result = self.act(said)
        except Refusal as refusal:
            return self.refused(form, refusal)
        return self.done(result)

    def made_form(self, *given: Any) -> Any:
        """The form, empty or with what was sent."""
        return self.told.form(*given, version=self.row.version, **self.asked())

    def closed(self) -> Refusal | None:
        """Why the verb is closed to this person now, or None."""
        try:
            self.require()
        except Refusal as refusal:
            return refusal
        return None

    def refused(self, form: Any, refusal: Refusal) -> HttpResponse:
        """Show the row as it is now, and the form as it was typed.

        After a stale version the form carries the version now seen, so that sending again is a decision.
        """
        self.row = self.find(**self.names)
        if isinstance(refusal, StaleVersion):
            form.carry(self.row.version)
        if isinstance(refusal, RuleViolation):
            tell(form, refusal)
            return self.page(form, status=refusal.status)
        return self.page(form, refusal=refusal, status=refusal.status)

    def page(self, form: Any, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
        """Render the form, whole or as the piece that htmx asked for."""
        closed = self.closed()
        refusal = refusal or closed
        if refusal is not None and status == 200:
            status = refusal.status
        context = {
            "title": self.told.word,
            "row": self.row,
            "verb": self.verb,
            "form": form,
            "action": self.request.path,
            "word": self.told.button or self.told.word,
            "consequence": self.told.consequence.format(row=self.row, page=self),
            "is_dangerous": self.told.is_dangerous,
            "is_open": closed is None,
            "refusal": refusal,
            "next": next_page(self.request),
            "back": next_page(self.request) or self.back(),
            **self.context(),
        }
        template = self.piece if self.is_piece else self.template
        return render(self.request, template, context, status=status)

    @property
    def is_piece(self) -> bool:
        """Whether htmx asks for a piece of a page."""
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def done(self, result: Any) -> HttpResponse:
        """Go where the person was working, with a word about what happened."""
        messages.success(self.request, self.sentence(result))
        return led_to(self.request, next_page(self.request) or self.after(result))


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    done: Callable[[Any], tuple[str, str] | HttpResponse],
    context: Mapping[str, Any],
    template: str = TEMPLATE,
) -> HttpResponse:
    """Show a form, and do ``act`` with what it gives. ``done`` turns what ``act`` returned into (a sentence, an
    address), or into the answer itself where something is shown once and never again.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    result = act()
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                answer = done(result)
                if isinstance(answer, HttpResponse):
                    return answer
                sentence, address = answer
                messages.success(request, sentence)
                return redirect(address)
    return render(request, template, {"is_open": True, **context, "form": form}, status=status)


def tell(form: forms.Form, refusal: Refusal) -> None:
    """Write a refusal beside the field that it names, else above all fields."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.sentence)


def given(request: HttpRequest) -> Any:
    """What a form is bound to: the fields of a POST, nothing of a GET."""
    return request.POST if request.method == "POST" else None
