"""The forms of the account pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest

from accounts import passwords
from accounts.actions.account import OVER, first_password_is_over
from accounts.models import Suggestion, User
from common import clock
from common.phones import normal_phone
from common.shapes import Cleaned
from common.typed import code_in
from common.web.form_fields import CodeField

NUMBER = re.compile(r"\+?[0-9()-]+")


def not_too_long(field: forms.Field) -> None:
    """Make a field refuse a password that is too long, with a sentence, instead of letting the browser cut it off."""
    field.validators.append(MaxLengthValidator(passwords.LONGEST, passwords.TOO_LONG))


def password_field() -> forms.CharField:
    """Return the field for the current password."""
    field = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写密码。"},
    )
    not_too_long(field)
    return field


class SignInForm(forms.Form):
    """Account name or work telephone, and the password. Pasting and password stores are welcome."""

    username = forms.CharField(
        label="账号或工作电话",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": "请填写账号或工作电话。"},
    )
    password = password_field()

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        self.user: User | None = None
        super().__init__(*args, **kwargs)

    def clean(self) -> Cleaned:
        """Check the password; a wrong account and a wrong password get the same answer."""
        cleaned: Cleaned = super().clean() or {}
        if "username" not in cleaned or "password" not in cleaned:
            return cleaned
        user = authenticate(
            self.request, username=account_named(cleaned["username"].strip()), password=cleaned["password"]
        )
        if not isinstance(user, User):
            raise forms.ValidationError("账号或密码不对，请再试。连续输错 8 次会停用 15 分钟。")
        if first_password_is_over(user, at=clock.now()):
            raise forms.ValidationError(OVER)
        self.user = user
        return cleaned


def account_named(text: str) -> str:
    """Return the account name for the text: the text itself, or the one active account with that telephone."""
    typed = code_in(text)
    if not NUMBER.fullmatch(typed) or User.objects.filter(username=typed).exists():
        return typed
    phones = {typed, normal_phone(text)}
    names = list(User.objects.filter(phone__in=phones, is_active=True).values_list("username", flat=True)[:2])
    return names[0] if len(names) == 1 else typed


class PreferenceForm(forms.ModelForm):
    """How the screens behave for this person."""

    class Meta:
        model = User
        fields = ["prefers_large_text", "shortcuts_enabled"]
        labels = {"prefers_large_text": "大字", "shortcuts_enabled": "单键快捷键"}
        help_texts = {
            "prefers_large_text": "所有页面用大号字和大按钮，换设备登录也一样。",
            "shortcuts_enabled": "只在调度台使用；在输入框内和输入汉字时不起作用。",
        }


class AnotherPassword:
    """Shared by the two forms for a new password: the new one must differ from the current one."""

    user: User
    error_messages = {
        "password_incorrect": "旧密码不对，请重新输入。",
        "password_mismatch": "两次输入的新密码不一样，请再输一次。",
    }

    def clean_new_password1(self) -> str:
        """Refuse the current password, above all the first one on paper."""
        password: str = self.cleaned_data["new_password1"]  # type: ignore[attr-defined]
        if self.user.check_password(password):
            raise forms.ValidationError("新密码不能和现在的一样。")
        return password


class PasswordForm(AnotherPassword, PasswordChangeForm):
    """Asks for the old password once and for the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["old_password"].widget.attrs["autofocus"]
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text, second.help_text = passwords.HINT, ""
        for field in self.fields.values():
            not_too_long(field)


class SuggestionForm(forms.ModelForm):
    """A fault of the platform, or an idea to improve it."""

    class Meta:
        model = Suggestion
        fields = ["text", "page"]
        labels = {"text": "您的意见或建议"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "page": forms.HiddenInput}
        error_messages = {
            "text": {
                "required": "请写一句您的意见或建议。",
                "max_length": "最多 2000 字，您写了 %(show_value)s 字。",
            }
        }


class OwnPasswordForm(AnotherPassword, SetPasswordForm):
    """The owner's own password, which replaces the first one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text, second.help_text = passwords.HINT, ""
        for field in self.fields.values():
            not_too_long(field)


def code_field(label: str, *, digits: bool = True, **options: Any) -> forms.CharField:
    """Return a field for a code that the user copies from another screen or from paper."""
    typed = {"inputmode": "numeric"} if digits else {}
    return CodeField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", **typed}),
        error_messages={"required": f"请填写{label}。"},
        **options,
    )


class CodeForm(forms.Form):
    """A code from the authenticator or a recovery code."""

    code = code_field("验证码", digits=False, help_text="验证器里的 6 位数字；手机不在身边，填一个恢复码。")


class FirstCodeForm(forms.Form):
    """The first code of a new authenticator."""

    code = code_field("验证码", help_text="验证器里显示的 6 位数字。")


class DeviceCodeForm(forms.Form):
    """The binding code that the township gave to the user."""

    code = code_field("绑定码", help_text="乡镇街道当面告诉您的 8 位数字，15 分钟内有效。")


class ConfirmForm(forms.Form):
    """Asks for the password again."""

    password = password_field()
