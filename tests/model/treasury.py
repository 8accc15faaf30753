"""Messages to the vault about money and who may act (clauses 4.1, 4.4, 4.5, 4.8)."""

from terms import Refused
from vault import DELEGATES, MAX_AMOUNT

PURSE = 10**15


class Treasury:
    def pay_in(self, sender, funds):
        if funds < 1:
            raise Refused("invalid_funds")
        purse = self.purses.get(sender, PURSE)
        if purse < funds:
            raise Refused("insufficient_funds")
        self.purses[sender] = purse - funds

    def pay_out(self, to, amount):
        self.purses[to] = self.purses.get(to, PURSE) + amount

    def vault_open_account(self, sender, fields, events):
        return self.vault.open(sender, events)

    def vault_deposit(self, sender, fields, events, funds):
        account = self.vault.account(fields["account"])
        if account.number == 0:
            raise Refused("unknown_account")
        self.pay_in(sender, funds)
        if account.clock is not None:
            self.vault.touch(account, events)
        self.vault.move(events, "deposit", funds, "outside", account.number)
        self.vault.settle_clock(account, self.now)

    def vault_fund_insurance(self, sender, fields, events, funds):
        self.pay_in(sender, funds)
        self.vault.move(events, "donation", funds, "outside", 0)

    def vault_withdraw(self, sender, fields, events):
        amount = int(fields["amount"])
        codes = set() if 1 <= amount <= MAX_AMOUNT else {"invalid_amount"}
        account = self.permit_or(codes, fields["account"], sender, "owner", None)
        for one in [account, *self.vault.siblings(account)]:
            self.vault.touch(one, events)
        if amount > self.vault.withdrawable(account, self.book, self.now):
            raise Refused("insufficient_free")
        if amount > self.vault.total():
            raise Refused("money_missing")
        self.vault.move(events, "withdrawal", amount, account.number, "outside")
        self.pay_out(sender, amount)

    def vault_add_delegate(self, sender, fields, events):
        scope, product = fields["scope"], fields["scope"].get("trade", {}).get("product")
        codes = set()
        if product is not None and product not in self.products:
            codes.add("unknown_product")
        if fields["expires"] <= self.now or fields["delegate"] == sender:
            codes.add("invalid_delegation")
        account = self.permit_or(codes, fields["account"], sender, "owner", None)
        account.delegates[fields["delegate"]] = (scope, fields["expires"])
        if len(account.delegates) > DELEGATES:
            raise Refused("too_many_delegates")
        named = "cancel_only" if "cancel_only" in scope else f"trade:{product}" if product else "trade"
        events.append(("tf_delegate", {"account": account.number, "delegate": fields["delegate"], "scope": named,
                                       "expires": fields["expires"]}))

    def vault_remove_delegate(self, sender, fields, events):
        account = self.vault.permit(fields["account"], sender, "owner", None, self.now)
        if account.delegates.pop(fields["delegate"], None) is None:
            raise Refused("unknown_delegate")
        events.append(("tf_delegate", {"account": account.number, "delegate": fields["delegate"], "scope": "none",
                                       "expires": "-"}))

    def vault_touch(self, sender, fields, events):
        if not 1 <= len(fields["accounts"]) <= 32:
            raise Refused("invalid_count")
        for number in fields["accounts"]:
            account = self.vault.account(number)
            self.vault.touch(account, events)
            self.vault.settle_clock(account, self.now)

    def vault_collect_fees(self, sender, fields, events):
        if not self.vault.treasury:
            raise Refused("nothing_to_collect")
        amount = self.vault.treasury
        self.vault.move(events, "collection", amount, "treasury", "outside")
        self.pay_out("@treasury", amount)

    def vault_finalise(self, sender, fields, events):
        product = self.product_named(fields["product"])
        cycle = self.vault.finalise(product, self.now, events)
        part = min(cycle.shortfall, self.house_free())
        cycle.shortfall -= part
        self.vault.move(events, "repayment", part, 0, "shortfall")
        events.append(("tf_cycle_finalised", {"product": product.number, "cycle": cycle.finalised,
                                              "shortfall": cycle.shortfall}))
