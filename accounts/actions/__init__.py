"""The actions on accounts: open and close them, bind phones, set up the second factor, take in suggestions."""

from accounts.actions.account import (
    close_account,
    end_sessions,
    issue_first_password,
    reopen_account,
    set_own_password,
    sign_out_everywhere,
)
from accounts.actions.devices import bind_device, issue_device_code, unbind_device
from accounts.actions.factor import (
    begin_enrolment,
    confirm_enrolment,
    reset_second_factor,
    use_code,
)
from accounts.actions.suggestions import answer_suggestion, file_suggestion
from accounts.attempt_limits import confirm_password

__all__ = [
    "answer_suggestion",
    "begin_enrolment",
    "bind_device",
    "close_account",
    "confirm_enrolment",
    "confirm_password",
    "end_sessions",
    "file_suggestion",
    "issue_device_code",
    "issue_first_password",
    "reopen_account",
    "reset_second_factor",
    "set_own_password",
    "sign_out_everywhere",
    "unbind_device",
    "use_code",
]
