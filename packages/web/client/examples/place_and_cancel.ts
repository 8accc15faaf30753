// Places an order at a price and cancels it.
//
// usage: TOKFUT_MNEMONIC="…" node dist/examples/place_and_cancel.js DEPLOYMENT SERIES PRICE
import { readFileSync } from "node:fs";
import { Failure, parseDeployment, Protocol, Trader } from "@tokfut/client";

const [path, series, price] = process.argv.slice(2);
const mnemonic = process.env.TOKFUT_MNEMONIC;
if (!path || !series || !price || !mnemonic)
  throw new Error("TOKFUT_MNEMONIC, DEPLOYMENT, SERIES and PRICE are needed");

try {
  const protocol = await Protocol.connect(parseDeployment(readFileSync(path, "utf8")));
  const trader = await Trader.fromMnemonic(protocol, mnemonic);
  const [account] = await trader.accounts();
  if (account === undefined) throw new Failure("unknown_account", "the key owns none: tokfut account open");

  const { placed, receipt } = await trader.place({ account, series, side: "buy", lots: "1", price: { limit: price } });
  console.log(`filled ${placed.filled}, resting ${placed.resting}, for ${receipt.gasUsed} gas`);

  if (placed.order) {
    const { height } = await trader.cancel(account, { id: placed.order });
    console.log(`${placed.order} cancelled in block ${height}`);
  }
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
