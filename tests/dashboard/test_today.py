from tests.doors import DASHBOARD, Browser, said


def test_today_says_the_day_and_who_is_signed_in_where(office: Browser) -> None:
    page = said(office.get(DASHBOARD))
    assert "Monday, June 1" in page
    assert "You’re signed in as Dana, owner at Bright Bins." in page
    assert 'data-density="compact"' in page


def test_today_speaks_the_readers_language(office: Browser) -> None:
    assert "lunes 1 de junio" in said(office.get(DASHBOARD, headers={"accept-language": "es"})).lower()


def test_every_link_on_it_leads_somewhere(office: Browser) -> None:
    page = said(office.get(DASHBOARD))
    links = {part.partition('"')[0] for part in page.split('href="/dashboard')[1:]}
    assert links
    assert {office.get(f"{DASHBOARD[:-1]}{link}").status_code for link in links} == {200}
