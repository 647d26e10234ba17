import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** Answers in place of the usual ones, by command. */
type Answers = Readonly<Record<string, string>>

const USUAL: Answers = {
  USER: '331 Please specify the password.',
  PASS: '230 Login successful.',
  TYPE: '200 Switching to Binary mode.',
  OPTS: '200 Always in UTF8 mode.',
  PWD: '257 "/" is the current directory',
  CWD: '250 Directory successfully changed.',
  QUIT: '221 Goodbye.',
}

/**
 * An FTP server that answers as vsftpd does whose `cmds_denied` has SIZE and MDTM: `550 Permission denied.` for a file
 * that is there (man page vsftpd.conf, opts.c and ftpcmdio.c of 3.0.5). It has one file, in its root.
 */
export async function vsftpdAnswering(answers: Answers, file = { name: 'stock.csv', content: 'sku,quantity\nA,1\n' }) {
  const data = createServer()
  const port = await listening(data)
  const list = `-rw-r--r--    1 0        0        ${file.content.length} Nov 30 10:00 ${file.name}\r\n`
  const control = createServer((socket) => {
    const say = (line: string) => void socket.write(`${line}\r\n`)
    const transfer = (content: string) => {
      say('150 Here it comes.')
      void next(data).then((connection) => connection.end(content, () => say('226 Transfer complete.')))
    }
    socket.on('error', () => undefined)
    say('220 (vsFTPd 3.0.5)')
    createInterface(socket).on('line', (line) => {
      const command = line.split(' ')[0]?.toUpperCase() ?? ''
      const answer = answers[command] ?? USUAL[command]
      if (answer !== undefined) say(answer)
      else if (command === 'EPSV') say(`229 Entering Extended Passive Mode (|||${port}|)`)
      else if (command === 'LIST') transfer(list)
      else if (command === 'RETR') transfer(file.content)
      else say(['SIZE', 'MDTM'].includes(command) ? '550 Permission denied.' : '500 Unknown command.')
    })
  })
  return { port: await listening(control) }
}

/** The connection that its client opens next, or has opened. */
function next(server: Server): Promise<Socket> {
  const waiting = opened.get(server)?.shift()
  if (waiting !== undefined) return Promise.resolve(waiting)
  return new Promise((resolve) => server.once('taken', () => resolve(opened.get(server)?.shift() as Socket)))
}

const opened = new WeakMap<Server, Socket[]>()

function listening(server: Server): Promise<number> {
  opened.set(server, [])
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    opened.get(server)?.push(socket)
    server.emit('taken')
  })
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
