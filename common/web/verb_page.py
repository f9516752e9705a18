"""The page of a verb: what it will do, what it asks, one button. Nothing that was typed is lost.

A noun has a table of its verbs (:class:`Verb`) and one subclass of :class:`VerbPage` that finds the row and knows who
may act. A page that creates something, for which there is no row yet, is a :func:`form_page`.
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
from common.errors import NotPermitted, Refusal, RuleViolation, StaleVersion
from common.web.doors import led_to
from common.web.next_page import next_page
from common.web.versions import VersionedForm

TEMPLATE, PIECE = "verb.html", "parts/verb.html"


@dataclass(frozen=True)
class Verb:
    """The texts, the form and the action of one verb of a noun."""

    act: Callable[..., Any]  # called with the row, the form's input, ``by`` and ``at``
    word: str
    consequence: str = ""
    form: type[VersionedForm] = VersionedForm
    is_dangerous: bool = False
    button: str = ""  # the text of the button, if it is not the word
    done: str = ""  # the message afterwards, with the new state of ``row``


class VerbPage(View):
    """GET shows the form of a verb, POST runs the verb; the verb is named in the address or in its URL pattern."""

    verbs: ClassVar[Mapping[str, Verb]] = {}
    life: ClassVar[Any] = None  # personnel.life.Life of the noun
    verb = ""
    user: Any  # an accounts.User: the door lets in nobody else
    template, piece = TEMPLATE, PIECE

    def dispatch(self, request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        """Find the row first. Raises Http404 if it does not exist or the user may not see it."""
        self.verb = names.pop("verb", "") or self.verb
        if self.verb not in self.verbs:
            raise Http404
        self.declaration, self.names, self.user = self.verbs[self.verb], names, request.user
        self.row = self.find(**names)
        return super().dispatch(request, *args, **names)

    # --- What a noun overrides ----------------------------------------------------------------------------------

    def find(self, *args: Any, **names: Any) -> Any:
        """The row of the address. Raises Http404 if it does not exist or the user may not see it."""
        raise NotImplementedError

    def require(self) -> None:
        """Raise the refusal that the verb would raise before it looks at its content."""
        self.life.require_open(self.row, self.verb, by=self.user)

    def form_options(self) -> dict[str, Any]:
        """The arguments of the form, apart from the version."""
        return {}

    def prepare(self, arguments: dict[str, Any]) -> None:
        """Do work in advance that must stay even if the verb is refused."""

    def act(self, arguments: dict[str, Any]) -> Any:
        """Run the action of the verb."""
        return self.declaration.act(self.row, **arguments, by=self.user, at=clock.now())

    def sentence(self, result: Any) -> str:
        """The message after the verb."""
        return self.declaration.done.format(row=result, page=self)

    def back(self) -> str:
        """The page of the row."""
        raise NotImplementedError

    def after(self, result: Any) -> str:
        """The address to go to after the verb."""
        return self.back()

    def context(self) -> dict[str, Any]:
        """The context of the page around the form: see templates/verb.html."""
        return {}

    # --- What every noun has ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, **names: Any) -> HttpResponse:
        """Show the form; if the verb is not possible, say why instead."""
        return self.page(self.made_form())

    def post(self, request: HttpRequest, **names: Any) -> HttpResponse:
        """Run the verb with the input of the form."""
        form = self.made_form(request.POST, request.FILES)
        closed = self.closed()
        if isinstance(closed, NotPermitted):  # before anything is said about the content
            return self.page(form, refusal=closed, status=closed.status)
        if not form.is_valid():
            return self.page(form, status=closed.status if closed else 422)
        arguments = form.arguments() if hasattr(form, "arguments") else dict(form.cleaned_data)
        version = arguments.pop("version")
        try:
            self.row.require_version(version)
            self.prepare(arguments)
            with transaction.atomic():  # a refusal rolls this back, so that the page can still query
                result = self.act(arguments)
        except Refusal as refusal:
            return self.refused(form, refusal)
        return self.done(result)

    def made_form(self, *given: Any) -> Any:
        """The form, empty or with the data sent."""
        return self.declaration.form(*given, version=self.row.version, **self.form_options())

    def closed(self) -> Refusal | None:
        """The refusal if this user cannot run the verb now, or None."""
        try:
            self.require()
        except Refusal as refusal:
            return refusal
        return None

    def refused(self, form: Any, refusal: Refusal) -> HttpResponse:
        """Show the current row, and the form with everything that was typed.

        After a stale version the form carries the new version, so that sending it again is a decision of the user.
        """
        self.row = self.find(**self.names)
        if isinstance(refusal, StaleVersion):
            form.carry(self.row.version)
        if isinstance(refusal, RuleViolation):
            tell(form, refusal)
            return self.page(form, status=refusal.status)
        return self.page(form, refusal=refusal, status=refusal.status)

    def page(self, form: Any, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
        """Render the form, as a whole page or as the fragment that htmx asked for."""
        closed = self.closed()
        refusal = refusal or closed
        if refusal is not None and status == 200:
            status = refusal.status
        context = {
            "title": self.declaration.word,
            "row": self.row,
            "verb": self.verb,
            "form": form,
            "action": self.request.path,
            "word": self.declaration.button or self.declaration.word,
            "consequence": self.declaration.consequence.format(row=self.row, page=self),
            "is_dangerous": self.declaration.is_dangerous,
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
        """Whether htmx asks for a fragment of a page."""
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def done(self, result: Any) -> HttpResponse:
        """Redirect to the page where the user was working, with a message about the result."""
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
    only_shown: bool = False,
) -> HttpResponse:
    """Show a form, and run ``act`` with its input.

    ``done`` turns the result of ``act`` into (a sentence, an address), or into the response itself if something is
    shown only once. ``only_shown``: what was sent has been read into the form, which is shown to be checked first.
    """
    status = 200
    if request.method == "POST" and not only_shown:
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
    words = {"is_open": True, **context, "form": form}
    return render(request, template, words, status=status)


def tell(form: forms.Form, refusal: Refusal) -> None:
    """Write a refusal beside the field that it names, otherwise above all fields."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.sentence)


def given(request: HttpRequest) -> Any:
    """The data for a form: the fields of a POST, None for a GET."""
    return request.POST if request.method == "POST" else None
