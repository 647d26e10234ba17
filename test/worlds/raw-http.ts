import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection that says what it is told to, and keeps what comes. */
export interface RawConnection {
  readonly socket: Socket
  send(text: string): void
  /** Everything that came, once the other side has closed. */
  readonly answer: Promise<string>
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += String(chunk)
  })
  // A connection that is reset has been closed too.
  socket.on('error', () => undefined)
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  await once(socket, 'connect')
  return { socket, send: (more) => void socket.write(more), answer }
}

/** What a server answers to these very bytes. */
export async function sendRaw(url: string, text: string): Promise<{ status: number; head: string; body: string }> {
  const connection = await openRaw(url)
  connection.send(text)
  const [head = '', body = ''] = (await connection.answer).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body }
}
