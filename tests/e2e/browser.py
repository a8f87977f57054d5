"""Chromium by Selenium, with and without JavaScript; console errors are collected and make a test fail."""
import os
import time
import urllib.parse

import proc
import relay
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
HARMLESS = ("ERR_NETWORK_CHANGED",)    # the tests make and remove network devices


class Browser:
    """One Chromium. The address bar takes paths below the stack's URL after `use(stack)`. `patient` ones do
    not wait for pages to be loaded, as the document of /live never is."""

    def __init__(self, javascript=True, dark=False, patient=False):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--ignore-certificate-errors", "--disable-background-networking", "--disable-extensions",
                     "--no-first-run", "--force-color-profile=srgb", "--window-size=1440,900"):
            options.add_argument(flag)
        if not javascript:
            options.add_argument("--blink-settings=scriptEnabled=false")
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.page_load_strategy = "none" if patient else "eager"
        self.javascript, self.patient, self.relay = javascript, patient, None
        self.driver = webdriver.Chrome(service=Service(DRIVER, log_path=os.devnull), options=options)
        self.driver.set_page_load_timeout(20)
        self.driver.set_script_timeout(10)
        self.url = ""
        self.problems = []
        self.scheme(dark)

    # -- going places ---------------------------------------------------------------------------

    def use(self, stack, signed_in=True):
        """Forget the last stack; sign in through the form."""
        self.driver.switch_to.default_content()
        self.driver.get("about:blank")
        if self.relay:
            self.relay.close()
        parts = urllib.parse.urlsplit(stack.url)
        self.relay = relay.Relay(parts.port)
        self.url = parts._replace(netloc="127.0.0.1:%d" % self.relay.port).geturl()
        self.command("Network.clearBrowserCookies")
        self.size(1440, 900)
        self.console()
        self.problems.clear()
        if signed_in:
            self.login("admin", stack.password)
        return self

    def login(self, user, password):
        self.get("/login")
        self.one("input[name=user]").clear()
        self.one("input[name=user]").send_keys(user)
        self.one("input[name=password]").send_keys(password)
        self.one("main form[method=post] button").click()

        def inside():
            if self.driver.current_url.split("?")[0].endswith("/login"):
                raise AssertionError(self.words("main"))
            return True
        proc.wait_until(inside, 10, "the sign-in")

    def get(self, path):
        old = self.one("html") if self.patient else None
        self.driver.get(path if "://" in path else self.full(path))
        if old:
            proc.wait_until(lambda: self.is_stale(old), 20, "the page " + path)
            proc.wait_until(lambda: self.all("main h1"), 20, "the title of " + path)
        return self

    def full(self, path):
        """Paths with and without the base path are taken."""
        base = urllib.parse.urlsplit(self.url).path
        return self.url + (path[len(base):] if base and path.startswith(base + "/") else path)

    @staticmethod
    def is_stale(element):
        try:
            element.is_enabled()
            return False
        except StaleElementReferenceException:
            return True

    def command(self, name, **params):
        return self.driver.execute_cdp_cmd(name, params)

    def size(self, width, height):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=False)

    def scheme(self, dark):
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    # -- looking --------------------------------------------------------------------------------

    def one(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def js(self, code, *args):
        """Selenium's own scripts run also where the page's do not."""
        return self.driver.execute_script(code, *args)

    def words(self, css="body"):
        return self.js("return document.querySelector(arguments[0])?.innerText || ''", css)

    def state_of(self, name):
        """The state words in the row whose link is `name`, "" without a row."""
        return self.js("""
            for (const a of document.querySelectorAll('main tr a'))
              if (a.textContent.trim() === arguments[0]) {
                const st = a.closest('tr').querySelector('.st');
                if (st) return st.textContent.trim().replace(/\\s+/g, ' ');
              }
            return '';""", name)

    def overflow(self):
        """How many pixels the page is wider than the window, and who sticks out."""
        return self.js("""
            const w = document.documentElement.clientWidth;
            const over = document.documentElement.scrollWidth - w;
            const who = [];
            if (over > 0)
              for (const e of document.querySelectorAll('body *')) {
                const r = e.getBoundingClientRect();
                if (r.right > w + 1 && r.width) who.push(e.tagName + '.' + (e.getAttribute('class') || '') + '#' + e.id);
              }
            return [Math.max(0, over), who.slice(0, 8)];""")

    def console(self):
        """New console messages that are errors or policy violations; remembered in `problems`."""
        found = []
        for entry in self.driver.get_log("browser"):
            text = entry["message"]
            if (entry["level"] == "SEVERE" or "Refused to" in text or "violates" in text) and \
                    not any(h in text for h in HARMLESS):
                found.append(text)
        self.problems += found
        return found

    def check_console(self, allow=()):
        """AssertionError when the console holds an error that is not allowed."""
        self.console()
        bad = [p for p in self.problems if not any(a in p for a in allow)]
        self.problems.clear()
        assert not bad, "browser console: %s" % bad

    def shot(self, path, whole=True):
        """A PNG of the whole page."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if whole:
            width, height = self.js("return [innerWidth, Math.min(6000, document.documentElement.scrollHeight)]")
            self.size(width, max(height, 600))
            time.sleep(0.05)
        self.driver.save_screenshot(path)

    def quit(self):
        self.driver.quit()
        if self.relay:
            self.relay.close()
