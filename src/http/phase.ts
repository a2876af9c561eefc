import type {ClientRequest} from 'node:http';
import type {Socket} from 'node:net';
import type {TLSSocket} from 'node:tls';

/**
 * How far one exchange got. `making`: there is no request yet. `waiting`: for a free connection. `connecting`: name, connection and TLS. `sent`: from here on
 * bytes may have left. `answered`: a status arrived. `distrusted`: the certificate was refused, before any byte of the request left.
 */
export type Phase = 'making' | 'waiting' | 'connecting' | 'sent' | 'answered' | 'distrusted';

/**
 * Follows `request` through its phases. Node writes the request only after the events listened to here, so `sent` is never too late; a
 * TLS socket keeps what it was given until the certificate has been checked.
 */
export function watchPhase(request: ClientRequest, enter: (phase: Phase) => void): void {
  enter('waiting');
  request.once('socket', (socket: Socket) => {
    if (socket.destroyed) return;
    const secure = 'authorized' in socket;
    if (!socket.connecting && !(secure && (socket as Handshaking).secureConnecting)) return enter('sent');
    enter('connecting');
    const onConnected = () => enter('sent');
    const connected = secure ? 'secureConnect' : 'connect';
    socket.once(connected, onConnected);
    socket.once('close', () => socket.removeListener(connected, onConnected));
    // Before Node's own listener, which ends the exchange.
    if (secure)
      socket.prependOnceListener('error', () => (socket as TLSSocket).authorizationError && enter('distrusted'));
  });
  request.once('response', () => enter('answered'));
}

/** Node has it, its types do not. */
type Handshaking = TLSSocket & {readonly secureConnecting?: boolean};
