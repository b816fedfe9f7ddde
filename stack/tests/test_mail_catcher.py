import smtplib
from email.message import EmailMessage

import httpx

from koprogo.stack.testing import running


class TestTheMailCatcher:
    def test_shows_what_was_sent_and_keeps_it_over_a_restart(self) -> None:
        message = EmailMessage()
        message["Subject"] = "Oproeping – één"
        message["To"] = "an@zavelhof.example"
        message["From"] = "no-reply@koprogo.localhost"
        message.set_content("Geachte mevrouw")
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="oproeping.pdf")
        with running("mail") as town:
            with smtplib.SMTP("127.0.0.1", town.instance.port("smtp")) as client:
                client.send_message(message)
            town.kill("mail")
            town.start("mail")
            url = f"{town.instance.mail_url}/messages"
            found = httpx.get(url, params={"to": "an@zavelhof.example"}).json()
            assert [one["subject"] for one in found] == ["Oproeping – één"]
            assert httpx.get(url, params={"to": "somebody@else.example"}).json() == []
            whole = httpx.get(f"{url}/{found[0]['id']}").json()
            assert whole["text"].strip() == "Geachte mevrouw"
            assert httpx.get(f"{url}/{found[0]['id']}/parts/0").content == b"%PDF-1.7"
            httpx.delete(url)
            assert httpx.get(url).json() == []
