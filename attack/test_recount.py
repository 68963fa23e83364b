"""The recount tells what it is there to tell: stores in which something was changed by hand have faults.

    SIMBET=target/release/simbet python3 -m unittest discover attack
"""

import contextlib
import io
import pathlib
import shutil
import sqlite3
import sys
import time
import types
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness import Attack, Service
from load import SETTINGS, Load, recount


class Recount(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.attack = Attack("recount", 1, None, None)
        cls.service = Service(cls.attack, *SETTINGS).start()
        with Load(cls.service, 1, clients=2) as cls.load:
            time.sleep(1)
        cls.service.stop()

    @classmethod
    def tearDownClass(cls):
        cls.attack.closing.close()
        shutil.rmtree(cls.attack.folder)

    def faults_after(self, statement):
        """What the recount finds in a copy of the store, once a statement was executed on it."""
        copy = self.attack.folder / "copy.db"
        shutil.copy(self.service.store, copy)
        with contextlib.closing(sqlite3.connect(copy)) as store, store:
            store.execute(statement)
        found = Attack("recount", 1, None, None)
        with contextlib.redirect_stdout(io.StringIO()):
            recount(found, types.SimpleNamespace(name="copy", store=copy), self.load)
        shutil.rmtree(found.folder)
        return " ".join(found.faults)

    def test_a_store_that_nobody_touched_has_no_fault(self):
        self.assertGreater(len(self.load.answers), 20)
        self.assertEqual(self.faults_after("SELECT 1"), "")

    def test_an_event_that_is_lost_is_told(self):
        self.assertIn("1 of", self.faults_after("DELETE FROM events WHERE event_id = 2"))

    def test_an_event_that_is_there_twice_is_told(self):
        again = "INSERT INTO events SELECT event_id + 1000000, match_id, line, randomblob(32), answer FROM events WHERE event_id = 2"
        self.assertIn("twice", self.faults_after(again))

    def test_an_answer_that_is_another_is_told(self):
        self.assertIn("answers are not those", self.faults_after("UPDATE events SET answer = '{}' WHERE event_id = 2"))

    def test_a_cent_too_much_is_told(self):
        cent = "UPDATE bankroll SET balance = balance + 0.01 WHERE number = (SELECT MAX(number) FROM bankroll)"
        self.assertIn("cents", self.faults_after(cent))

    def test_a_bet_that_is_lost_is_told(self):
        self.assertIn("differ from a trader's", self.faults_after("DELETE FROM bets WHERE number = 1 OR settled_at IS NULL"))


if __name__ == "__main__":
    unittest.main()
