// Drives a node through ln-service, as the tools of the ecosystem do, and prints one JSON line a step.
// Environment: CERT and MACAROON (paths), SOCKET (host:port), PEER_ID, PEER_SOCKET (host:port), PEER_INVOICE (to be paid by us),
// STEP: "open" opens a channel; "use" works with it (PEER_API pays our invoice); "backup" backs it up; "close" closes it (TX_ID, TX_VOUT).
import fs from "fs";
import lns from "ln-service";

const { env } = process;
const base64 = (file) => fs.readFileSync(file).toString("base64");
const { lnd } = lns.authenticatedLndGrpc({ cert: base64(env.CERT), macaroon: base64(env.MACAROON), socket: env.SOCKET });
const say = (step, result) => console.log(JSON.stringify({ step, result }));

const steps = {
  async open() {
    const wallet = await lns.getWalletInfo({ lnd });
    say("getWalletInfo", { public_key: wallet.public_key, alias: wallet.alias, height: wallet.current_block_height, chains: wallet.chains.length });
    const peers = await lns.getPeers({ lnd });
    if (!peers.peers.some((p) => p.public_key === env.PEER_ID)) await lns.addPeer({ lnd, public_key: env.PEER_ID, socket: env.PEER_SOCKET });
    const opened = await lns.openChannel({ lnd, local_tokens: 1000000, give_tokens: 400000, partner_public_key: env.PEER_ID, is_private: true });
    say("openChannel", opened);
  },

  async use() {
    const { channels } = await lns.getChannels({ lnd });
    say("getChannels", channels.map((c) => ({ id: c.id, capacity: c.capacity, local: c.local_balance, remote: c.remote_balance, active: c.is_active, type: c.type ?? null })));

    const invoice = await lns.createInvoice({ lnd, tokens: 12345, description: "by ln-service" });
    const paid = new Promise((resolve, reject) => {
      const subscription = lns.subscribeToInvoice({ lnd, id: invoice.id });
      subscription.on("error", reject);
      subscription.on("invoice_updated", (i) => { if (i.is_confirmed) resolve(i); });
    });
    const answer = await fetch(`${env.PEER_API}/pay`, { method: "POST", body: JSON.stringify({ bolt11: invoice.request }) });
    say("peerPaid", (await answer.json()).result.state);
    say("subscribeToInvoice", { received: (await paid).received });
    const looked = await lns.getInvoice({ lnd, id: invoice.id });
    say("getInvoice", { is_confirmed: looked.is_confirmed, received: looked.received, description: looked.description });

    const sent = await lns.pay({ lnd, request: env.PEER_INVOICE, max_fee: 100 });
    say("pay", { is_confirmed: sent.is_confirmed, tokens: sent.tokens, hops: sent.hops.length, secret: sent.secret.length });
    const { payments } = await lns.getPayments({ lnd });
    say("getPayments", payments.map((p) => ({ tokens: p.tokens, is_confirmed: p.is_confirmed })));
  },

  async backup() {
    const all = await lns.getBackups({ lnd });
    say("getBackups", all.channels.map((c) => ({ transaction_id: c.transaction_id, transaction_vout: c.transaction_vout })));
    const { backup } = await lns.getBackup({ lnd, transaction_id: env.TX_ID, transaction_vout: Number(env.TX_VOUT) });
    const heard = await new Promise((resolve, reject) => {
      const subscription = lns.subscribeToBackups({ lnd });
      subscription.on("error", reject);
      subscription.on("backup", (b) => { subscription.removeAllListeners("backup"); resolve(b); });
    });
    say("subscribeToBackups", heard.channels.length);
    const spoilt = all.backup.slice(0, -2) + (all.backup.endsWith("00") ? "01" : "00");
    say("verifyBackups", [
      (await lns.verifyBackup({ lnd, backup })).is_valid,
      (await lns.verifyBackups({ lnd, backup: all.backup, channels: all.channels })).is_valid,
      (await lns.verifyBackups({ lnd, backup: spoilt, channels: all.channels })).is_valid,
    ]);

    // A node that knows the channel leaves it alone.
    await lns.recoverFundsFromChannels({ lnd, backup: all.backup });
    await lns.recoverFundsFromChannel({ lnd, backup });
    const { channels } = await lns.getChannels({ lnd });
    say("recoverFundsFromChannels", channels.map((c) => c.is_active));
  },

  async close() {
    const closed = await lns.closeChannel({ lnd, transaction_id: env.TX_ID, transaction_vout: Number(env.TX_VOUT) });
    say("closeChannel", closed);
  },
};

try {
  await steps[env.STEP]();
  process.exit(0);
} catch (e) {
  console.error(JSON.stringify(e instanceof Error ? e.stack : e));
  process.exit(1);
}
