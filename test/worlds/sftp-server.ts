import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { reservePort } from '../../services/ports.ts'
import { until } from './processes-until.ts'

const SSHD = '/usr/sbin/sshd'
/** An account without rights, which a test that runs as root starts the server as. */
const DAEMON = { name: 'daemon', id: 1 }

/** Null: the server is here. Else why the tests with it are skipped. */
export const noSftpServer: string | null = existsSync(SSHD)
  ? null
  : `${SSHD} is missing: install openssh-server to test SFTP with a real server`

export interface SftpServer {
  readonly host: string
  readonly port: number
  readonly username: string
  /** Private key of the user. */
  readonly key: string
  readonly hostKey: string
  /** What the user sees as the folder of the server: an absolute path. */
  readonly folder: string
  stop(): Promise<void>
}

/** OpenSSH's server on a free port, as an ordinary user, with keys of its own. It ends with the test. */
export async function startSftpServer(): Promise<SftpServer> {
  const server = await launchSftpServer()
  onTestFinished(server.stop)
  return server
}

/** Writes a file as the user of the server, under another name first, and renames it. */
export function putFile(server: SftpServer, path: string, text: string): void {
  const full = join(server.folder, path)
  const folders = [dirname(dirname(full)), dirname(full)]
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  writeFileSync(`${full}.tmp`, text)
  if (process.getuid?.() === 0) for (const one of [...folders, `${full}.tmp`]) chownSync(one, DAEMON.id, DAEMON.id)
  renameSync(`${full}.tmp`, full)
}

export async function launchSftpServer(): Promise<SftpServer> {
  const base = mkdtempSync(join(tmpdir(), 'waldstream-sftp-'))
  const isRoot = process.getuid?.() === 0
  const username = isRoot ? DAEMON.name : userInfo().username
  const [host, user] = [keyPair(base, 'of-host'), keyPair(base, 'of-user')]
  const folder = join(base, 'files')
  mkdirSync(folder)
  const { port, release } = await reservePort()
  const files = {
    host_key: host.private,
    authorized_keys: user.public,
    config: [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(base, 'host_key')}`,
      `AuthorizedKeysFile ${join(base, 'authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(base, name), `${text}\n`, { mode: 0o600 })
  const own = [base, folder, ...Object.keys(files).map((name) => join(base, name))]
  if (isRoot) for (const path of own) chownSync(path, DAEMON.id, DAEMON.id)
  const as = isRoot ? { uid: DAEMON.id, gid: DAEMON.id } : {}
  const server = spawn(SSHD, ['-D', '-e', '-f', join(base, 'config')], { ...as, stdio: ['ignore', 'ignore', 'pipe'] })
  server.once('exit', release)
  const said: string[] = []
  server.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const stop = async () => {
    await ended(server)
    rmSync(base, { recursive: true, force: true })
  }
  await until('sshd answers', async () => await answers(port), { withinMs: 20_000 }).catch(async () => {
    await stop()
    throw new Error(`sshd did not start: ${said.join('')}`)
  })
  return { host: '127.0.0.1', port, username, key: user.private, hostKey: fingerprint(host.public), folder, stop }
}

/** By OpenSSH: of the keys that ssh2 makes, one in 400 is malformed. */
function keyPair(folder: string, name: string): { readonly private: string; readonly public: string } {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8').trim() }
}

function fingerprint(publicKey: string): string {
  const bytes = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await exit
}

async function answers(port: number): Promise<true> {
  return await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', reject)
  })
}
