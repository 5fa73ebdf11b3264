"""botocore's adaptive mode by a simulated clock.

Reads a JSON list of scenarios from standard input ({calls, callers, first, count, latency, seeds}), and prints for each the
list of its runs, {time, failed}. botocore's own classes decide (retries/adaptive, throttling, bucket, standard, quota); what
is simulated is the clock, the threads that wait for it, and the service. Written for botocore 1.43.11.
"""

import heapq
import json
import random
import sys
import threading
from collections import deque

from botocore.retries import adaptive, bucket, quota, standard, throttling

START = 1_700_000_000
MAX_ATTEMPTS = 3
# The time since 1970 as a float goes on in steps of 0.24 us: shorter waits would not end.
SHORTEST_WAIT = 1e-6


class Simulation:
    """Threads of which one runs at a time; the time goes on when all wait."""

    def __init__(self, now):
        self.now = now
        self.ready = deque()
        self.timers = []
        self.count = 0
        self.idle = threading.Semaphore(0)

    def spawn(self, act):
        turn = threading.Semaphore(0)

        def body():
            turn.acquire()
            self.mine = turn
            act()
            self.idle.release()

        threading.Thread(target=body, daemon=True).start()
        self.ready.append(turn)

    def run(self, until):
        while not until():
            if not self.ready:
                when, _, turn, is_over = heapq.heappop(self.timers)
                if is_over():
                    continue
                self.now = max(self.now, when)
                self.ready.append(turn)
            turn = self.ready.popleft()
            self.mine = turn
            turn.release()
            self.idle.acquire()

    def switch(self):
        """Lets the others run until this thread is made ready."""
        mine = self.mine
        self.idle.release()
        mine.acquire()
        self.mine = mine

    def timer(self, seconds, is_over=lambda: False):
        self.count += 1
        heapq.heappush(self.timers, (self.now + max(seconds, SHORTEST_WAIT), self.count, self.mine, is_over))

    # The interface of botocore.retries.bucket.Clock.
    def current_time(self):
        return self.now

    def sleep(self, seconds):
        self.timer(seconds)
        self.switch()


class Condition:
    """threading.Condition over the simulation. Only one thread runs, so the lock is the condition itself."""

    def __init__(self, simulation):
        self.simulation = simulation
        self.waiting = deque()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def wait(self, seconds):
        waiter = {"turn": self.simulation.mine, "notified": False}
        self.waiting.append(waiter)
        self.simulation.timer(seconds, lambda: waiter["notified"])
        self.simulation.switch()
        if not waiter["notified"]:
            self.waiting.remove(waiter)

    def notify(self):
        if self.waiting:
            waiter = self.waiting.popleft()
            waiter["notified"] = True
            self.simulation.ready.append(waiter["turn"])


class Throttled(standard.ThrottlingErrorDetector):
    def __init__(self):
        pass

    def is_throttling_error(self, throttled):
        return throttled


class Attempt:
    def __init__(self, number):
        self.attempt_number = number


def simulate(scenario, seed):
    start = START + seed * 137 % 1000 / 1000
    # All of it is made just before the first call: an older client measures its first rate over its whole age.
    simulation = Simulation(start)
    tokens = bucket.TokenBucket(max_rate=1, clock=simulation)
    tokens._new_fill_rate_condition = Condition(simulation)
    limiter = adaptive.ClientRateLimiter(
        rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=start),
        rate_clocker=adaptive.RateClocker(simulation),
        token_bucket=tokens,
        throttling_detector=Throttled(),
        clock=simulation,
    )
    retry_quota = quota.RetryQuota()
    backoff = standard.ExponentialBackoff(random=random.Random(seed).random)
    state = {"requests": 0, "begun": 0, "done": 0, "failed": 0}

    def call():
        cost = 0
        for number in range(1, MAX_ATTEMPTS + 1):
            limiter.on_sending_request(request=None)
            request = state["requests"]
            state["requests"] += 1
            simulation.sleep(scenario["latency"])
            throttled = scenario["first"] <= request < scenario["first"] + scenario["count"]
            limiter.on_receiving_response(throttled=throttled)
            if not throttled:
                retry_quota.release(cost or 1)
                return True
            if number == MAX_ATTEMPTS or not retry_quota.acquire(5):
                return False
            cost = 5
            simulation.sleep(backoff.delay_amount(Attempt(number)))

    def caller():
        while state["begun"] < scenario["calls"]:
            state["begun"] += 1
            if not call():
                state["failed"] += 1
            state["done"] += 1

    for _ in range(scenario["callers"]):
        simulation.spawn(caller)
    simulation.run(lambda: state["done"] == scenario["calls"])
    return {"time": simulation.now - start, "failed": state["failed"]}


if __name__ == "__main__":
    threading.stack_size(256 * 1024)
    print(json.dumps([[simulate(s, seed) for seed in range(s["seeds"])] for s in json.load(sys.stdin)]))
