"""What the queries must answer, as stories compare it."""

import marks
from terms import Refused, text_of


def vault_account(world, fields):
    vault, book, now = world.vault.as_if_touched(world.now), world.book, world.now
    account = vault.account(fields["account"])
    return account_answer(vault, account, book, now)


def vault_accounts(world, fields):
    vault = world.vault.as_if_touched(world.now)
    return [account_answer(vault, vault.accounts[number], world.book, world.now) for number in sorted(vault.accounts)]


def account_answer(vault, account, book, now):
    picture, orders = vault.picture(account, book), book.of(account.number)
    return {
        "account": account.number, "owner": account.owner, "cash": str(account.cash),
        "unsettled": str(vault.unsettled(account)), "equity": str(picture.equity()),
        "initial_margin": str(picture.initial(now)), "maintenance_margin": str(vault.maintenance(account, now)),
        "withdrawable": str(vault.withdrawable(account, book, now)), "level": vault.level(account, book, now),
        "liquidation_since": account.clock,
        "positions": [position_answer(p, book, account) for _, p in sorted(account.positions.items())
                      if p.lots or p.variation or p.pending or any(o.series is p.series for o in orders)],
    }


def position_answer(position, book, account):
    series = position.series
    orders = [order for order in book.of(account.number) if order.series is series]

    def lots(side, only):
        return str(sum(order.lots for order in orders if order.side == side and order.reduce_only == only))

    return {
        "series": series.id, "code": series.code, "lots": str(position.lots), "carried": str(position.carried),
        "mark": text_of(series.margin_mark, series.product.decimals), "variation": str(position.variation),
        "pending": str(position.pending),
        "unsettled": str(position.lots * (series.margin_mark - series.settlement) * series.product.unit
                         + position.variation + position.pending),
        "open_buys": lots("buy", False), "open_sells": lots("sell", False),
        "reducing_buys": lots("buy", True), "reducing_sells": lots("sell", True),
    }


def vault_balance_sheet(world, fields):
    vault = world.vault
    pots = {"accounts": sum(account.cash for number, account in vault.accounts.items() if number),
            "clearing": vault.clearing, "insurance": vault.accounts[0].cash, "treasury": vault.treasury,
            "haircut": 0, "shortfall": -sum(cycle.shortfall for cycle in vault.cycles.values())}
    pots["total"] = sum(pots.values())
    pots["bank"] = vault.bank
    return {pot: str(amount) for pot, amount in pots.items()}


def vault_settlement(world, fields):
    cycle = world.vault.cycles[fields["product"]]
    open_ = cycle.struck > cycle.finalised
    return {"struck": cycle.struck, "struck_at": cycle.struck_at, "finalised": cycle.finalised,
            "finalises_from": cycle.struck_at + 1800 if open_ else None, "shortfall": str(cycle.shortfall)}


def market_series_list(world, fields):
    product = world.product_named(fields["product"])
    return [series_answer(world, series) for series in world.of_product(product) if not series.settled]


def market_series(world, fields):
    return series_answer(world, world.series_named(fields["code"]))


def series_answer(world, series):
    product, now = series.product, world.now

    def price(units):
        return None if units is None else text_of(units, product.decimals)

    def best(side):
        live = [order.price for order in world.book.side(series, side) if world.book.live(order, now)]
        return live[0] if live else None

    lowest, highest = series.limits()
    outside = series.outside_since
    mark, margin_mark, index, _ = marks.measure(
        series, world.book, world.feeds[product.feed], now, series.open_interest)
    series.outside_since = outside
    return {
        "code": series.code, "id": series.id, "status": series.status_at(now), "opens_at": series.opens_at,
        "listed_at": series.listed_at, "last_trading": series.month.last_trading(),
        "settlement_price": price(series.settlement), "lowest": price(lowest), "highest": price(highest),
        "mark": price(mark), "margin_mark": price(margin_mark),
        "index_price": price(index),
        "last_price": price(series.last_price), "volume": str(series.volume), "open_interest": str(series.open_interest),
        "bid": price(best("buy")), "ask": price(best("sell")),
    }


def market_product(world, fields):
    product = world.product_named(fields["code"])
    there = {series.month for series in world.of_product(product)}
    months = [] if marks.terminated(world.feeds[product.feed], world.now) else product.months(world.now)
    return {"id": product.number, "cycle": world.vault.cycles[product.code].struck,
            "last_strike": world.last_strike[product.code], "next_strike": world.next_strike(product),
            "listable": [product.code + month.letters() for month in months if month not in there]}


def market_all_orders(world, fields):
    return [order_answer(world, order) for order in listed(world, world.book.orders)]


def listed(world, orders):
    """In the order of the store: series, side, price and time."""
    return sorted(orders, key=lambda order: (order.series.id, order.side, *order.rank()))


def order_answer(world, order):
    return {
        "id": order.id, "account": order.account, "series": order.series.code, "side": order.side,
        "price": text_of(order.price, order.series.product.decimals), "lots": str(order.lots),
        "reduce_only": order.reduce_only, "client_id": order.client_id, "placed_at": order.placed_at,
        "expires_at": order.expires_at, "live": world.book.live(order, world.now)}


def market_book(world, fields):
    series = world.series_named(fields["series"])
    levels = {}
    for side in ("buy", "sell"):
        levels[side] = {}
        for order in world.book.side(series, side):
            if world.book.live(order, world.now):
                level = levels[side].setdefault(order.price, [0, 0])
                level[0], level[1] = level[0] + order.lots, level[1] + 1
    return {name: [{"price": text_of(price, series.product.decimals), "lots": str(lots), "orders": count}
                   for price, (lots, count) in levels[side].items()]
            for name, side in (("bids", "buy"), ("asks", "sell"))}


def market_settlements(world, fields):
    series = world.series_named(fields["series"])
    decimals = series.product.decimals
    return [dict(entry, price=text_of(entry["price"], decimals), unclamped=text_of(entry["unclamped"], decimals))
            for entry in reversed(series.settlements)][: fields.get("limit")]


def market_orders(world, fields):
    account = fields["account"]
    return [order_answer(world, order) for order in listed(world, world.book.orders)
            if order.account == account and world.book.live(order, world.now)]


def vault_delegates(world, fields):
    delegates = world.vault.account(fields["account"]).delegates
    return [{"delegate": name, "scope": scope, "expires": expires} for name, (scope, expires) in sorted(delegates.items())]


def market_simulate_order(world, fields):
    """What the order would do, whoever may place it."""
    codes = world.broken_by(None, fields) - {"not_permitted"}
    if codes:
        raise Refused(*codes)
    before_all, events = world.save(), []
    made, rested, before, after, _ = world.trade(fields, events)
    series = world.series_named(fields["series"])
    try:
        world.check_margin(before, after, rested)
        refusal = None
    except Refused as refused:
        (refusal,) = refused.codes
    postings = [fields for kind, fields in events if kind == "tf_posting" and fields["from"] == after.number]
    fee = sum(one["amount"] for one in postings if one["kind"] in ("taker_fee", "maker_rebate"))
    account = {
        "accepted": refusal is None, "refusal": refusal, "fee": str(fee),
        "equity_before": str(before.equity()), "equity_after": str(after.equity()),
        "initial_margin_before": str(before.initial(world.now)), "initial_margin_after": str(after.initial(world.now))}
    for when, picture in (("before", before), ("after", after)):
        price = picture.liquidation_price(series, world.now)
        if price != "unknown" and (made.fills or rested):
            account[f"liquidation_price_{when}"] = None if price is None else text_of(price, series.product.decimals)
    world.restore(before_all)
    return {"account": account, "fills": [{"lots": str(lots), "price": text_of(price, series.product.decimals)}
                                          for _, lots, price in made.fills],
            "rests": str(made.rests), "cancelled": str(made.cancelled + made.cut)}
