"""Every page that is looked at. A page more is a line more; {names} are ids of ``content``."""

PAGES = {
    "overview": "/",
    "overview-7d": "/?since=-7d",
    "overview-wrong": "/?since=banana&status_code=9-&step=1s",
    "service": "/services/shop/",
    "service-hostile": "/services/hostile/",
    "call": "/services/shop/basket/",
    "call-hostile": "/services/hostile/call/",
    "call-without-outcomes": "/services/payments/never-asked/",
    "outcomes": "/outcomes/",
    "outcomes-filtered": "/outcomes/?code_class=5xx,none&q=alert",
    "outcome-passed": "/outcomes/{passed}/",
    "outcome-late": "/outcomes/{late}/",
    "outcome-error": "/outcomes/{error}/",
    "outcome-redirected": "/outcomes/{redirected}/",
    "outcome-refused": "/outcomes/{refused}/",
    "outcome-hostile": "/outcomes/{hostile}/",
    "outcome-hostile-failure": "/outcomes/{hostile_failure}/",
    "codes": "/codes/",
    "preferences": "/preferences/",
}
PUBLIC = {"login": "/accounts/login/"}
CHARTED = {name: path for name, path in PAGES.items() if name in ("overview", "service", "call", "outcome-error")}
"""Those whose chart has bars."""
