// A chain, by way of one of its nodes.

import { BroadcastTxError } from "@cosmjs/stargate";
import { Comet38Client, HttpClient } from "@cosmjs/tendermint-rpc";

import { Failure, ofChain, ofWords } from "./failure.js";

/** How long one request may take, ms. */
const REQUEST_MS = 15_000;

/** Connects to a node's RPC address, by HTTP. Fails with `node_unreachable`. */
export function connectNode(url: string): Promise<Comet38Client> {
  return asking(async () => {
    const node = await Comet38Client.create(new HttpClient(url, REQUEST_MS));
    await node.status();
    return node;
  });
}

/** Makes a request; whatever goes wrong is a `Failure`. */
export async function asking<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    throw asFailure(error);
  }
}

/** What went wrong in CosmJS or below it. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof BroadcastTxError) return ofChain(error.codespace, error.code, error.log ?? "");
  const words = error instanceof Error ? error.message : String(error);
  const lost = error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError");
  if (lost || words.startsWith("Bad status on response"))
    return new Failure("node_unreachable", words, { cause: error });
  return ofWords(data(words));
}

/** The node's own words in an error of its RPC: `{"code":-32603,"message":"Internal error","data":"…"}`. */
function data(words: string): string {
  if (!words.startsWith("{")) return words;
  try {
    const { data } = JSON.parse(words) as { data?: unknown };
    return typeof data === "string" ? data : words;
  } catch {
    return words;
  }
}
