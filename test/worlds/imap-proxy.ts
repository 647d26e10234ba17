import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** What happens to the next command that has this text. */
export interface ImapFault {
  readonly command: RegExp
  /**
   * `refuse`: the answer is `text`, and nothing is done; `lose`: it is done, and the connection breaks before the answer;
   * `cut`: so many bytes of the answer arrive; `meanwhile`: this is done before it.
   */
  readonly kind:
    | { readonly refuse: string }
    | 'lose'
    | { readonly cut: number }
    | { readonly meanwhile: () => Promise<void> }
}

/** A proxy in front of an IMAP server without TLS. Faults are applied in order, each once. */
export async function startImapProxy(serverPort: number) {
  const commands: string[] = []
  const faults: ImapFault[] = []
  const server = createServer((client) => pass(client, connect(serverPort, '127.0.0.1')))
  const pass = (client: Socket, mail: Socket) => {
    let left = Number.POSITIVE_INFINITY
    const end = () => {
      client.destroy()
      mail.destroy()
    }
    for (const socket of [client, mail]) socket.on('error', end).on('close', end)
    mail.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) end()
    })
    const one = async (line: string) => {
      commands.push(line.replace(/^\S+ /, ''))
      const index = faults.findIndex(({ command }) => command.test(line))
      const { kind } = (index === -1 ? undefined : faults.splice(index, 1)[0]) ?? {}
      if (kind === 'lose') left = 0
      else if (kind !== undefined && 'cut' in kind) left = kind.cut
      else if (kind !== undefined && 'refuse' in kind)
        return void client.write(`${line.split(' ')[0]} ${kind.refuse}\r\n`)
      else if (kind !== undefined) await kind.meanwhile()
      mail.write(`${line}\r\n`)
    }
    let before = Promise.resolve()
    createInterface(client).on('line', (line) => {
      before = before.then(() => one(line))
    })
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    /** What the server was asked, without tags. */
    commands,
    faults,
  }
}
