import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/log.ts';
import { defaultPort, defaultTimers, SipTransport, TransactionLayer } from '../sip/index.ts';
import { AdminServer } from './admin-server.ts';
import { Bindings } from './bindings.ts';
import { CdrWriter } from './cdr.ts';
import type { Client } from './client.ts';
import { findHeader } from './compose.ts';
import type { InThreadOptions, SipEdge, SipEdgeConfig } from './config.ts';
import type { EdgeContext } from './context.ts';
import { DialogStore } from './dialogs.ts';
import { Directory } from './directory.ts';
import { InDialogSender } from './in-dialog.ts';
import { Incoming } from './incoming.ts';
import { InDialogRequests } from './incoming-in-dialog.ts';
import { NetworkResponses } from './network-responses.ts';
import { OutgoingRequests } from './outgoing.ts';
import { SipProxy } from './proxy.ts';
import { Responses } from './responses.ts';
import { endSubscriptionsOf } from './subscriptions.ts';
import type { ClientMessage } from './wire.ts';

/** Opens the ports and joins the parts. This is the whole edge; a worker thread runs just this. */
export async function openEdge(
  config: SipEdgeConfig,
  options: InThreadOptions = {},
): Promise<SipEdge> {
  const clock = options.clock ?? systemClock;
  const logger =
    options.logger ?? createLogger(config.logLevel ?? 'info').child({ part: 'sip-edge' });
  const timers = options.timers ?? { ...defaultTimers, ringingMsMax: 185_000 };
  const transport = await SipTransport.open({
    host: config.sipHost,
    port: config.sipPort,
    forceRport: true,
    clock,
    logger,
    ...(config.externalIp === undefined ? {} : { externalHost: config.externalIp }),
    ...(config.certificate
      ? { tls: { port: config.tlsPort ?? defaultPort('tls'), files: config.certificate } }
      : {}),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const layer = new TransactionLayer({ transport, clock, logger, timers });
  const directory = new Directory();
  const context: EdgeContext = {
    layer,
    clock,
    timers,
    logger,
    directory,
    dialogs: new DialogStore(),
    bindings: new Bindings(clock),
    cdr: new CdrWriter(directory, clock),
    net: new Map(),
    netOf: new WeakMap(),
    app: new Map(),
  };
  const edge = new Edge(context);
  try {
    const admin = await AdminServer.listen(config.adminHost, config.adminPort, {
      secret: config.secret,
      logger,
      hostports: () => edge.hostports(),
      onRoute: (client, verb) => directory.addRoute(client, verb),
      onRemoveRoute: (client) => directory.removeRoutes(client),
      onJoin: (client) => directory.join(client),
      onSip: (client, message) => edge.onSip(client, message),
      onProxy: (client, message) => edge.onProxy(client, message),
      onGone: (client) => edge.onGone(client),
    });
    return {
      adminPort: admin.port,
      sipPort: transport.port,
      ...(transport.tlsPort === undefined ? {} : { tlsPort: transport.tlsPort }),
      close: async () => {
        await admin.close();
        directory.closeAll();
        edge.close();
        await layer.close();
      },
    };
  } catch (error) {
    await layer.close();
    throw error;
  }
}

/** Sends each message to the part that handles it. */
class Edge {
  readonly #context: EdgeContext;
  readonly #incoming: Incoming;
  readonly #responses: Responses;
  readonly #network: NetworkResponses;
  readonly #outgoing: OutgoingRequests;
  readonly #inDialog: InDialogSender;
  readonly #proxy: SipProxy;

  constructor(context: EdgeContext) {
    this.#context = context;
    this.#incoming = new Incoming(context, new InDialogRequests(context));
    this.#responses = new Responses(context, this.#incoming);
    this.#network = new NetworkResponses(context);
    this.#outgoing = new OutgoingRequests(context, this.#network);
    this.#inDialog = new InDialogSender(context, this.#network);
    this.#proxy = new SipProxy(context);
    context.layer.start({
      onRequest: (transaction) => {
        if (!this.#proxy.onRequest(transaction)) this.#incoming.onRequest(transaction);
      },
      onAck: (ack, origin) => {
        if (!this.#proxy.onAck(ack)) this.#incoming.onAck(ack, origin);
      },
      onCancel: (transaction, cancel) => {
        if (!this.#proxy.onCancel(transaction)) this.#incoming.onCancel(transaction, cancel);
      },
      onStrayResponse: (response) => this.#proxy.onStrayResponse(response),
    });
  }

  hostports(): string {
    const { host, port, tlsPort } = this.#context.layer.transport;
    const tls = tlsPort === undefined ? '' : `,tls/${host}:${tlsPort}`;
    return `tcp/${host}:${port},udp/${host}:${port}${tls}`;
  }

  onSip(client: Client, message: ClientMessage): void {
    const [transactionId = '', dialogId = ''] = message.tokens;
    if (message.startLine.startsWith('SIP/')) this.#responses.send(client, message);
    else if (dialogId !== '') this.#inDialog.send(client, message, dialogId);
    else if (message.startLine.startsWith('CANCEL ')) {
      this.#inDialog.cancel(client, message, transactionId);
    } else this.#onRequest(client, message);
  }

  onProxy(client: Client, message: ClientMessage): void {
    this.#proxy.start(client, message);
  }

  onGone(client: Client): void {
    this.#context.directory.leave(client);
    this.#incoming.onClientGone(client);
    this.#network.onClientGone(client);
    endSubscriptionsOf(this.#context, client);
  }

  close(): void {
    for (const dialog of [...this.#context.dialogs]) this.#context.dialogs.remove(dialog);
    for (const net of this.#context.net.values()) net.deadline?.cancel();
    this.#context.net.clear();
    this.#context.app.clear();
  }

  /** A new request with the Call-ID of a living dialog is meant for that dialog, as drachtio has it. */
  #onRequest(client: Client, message: ClientMessage): void {
    const callId = findHeader(message.headers, 'call-id');
    const known = callId === undefined ? undefined : this.#context.dialogs.byCallId(callId);
    if (known) this.#inDialog.send(client, message, known.id);
    else this.#outgoing.send(client, message);
  }
}
