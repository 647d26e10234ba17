import { readFile, stat } from 'node:fs/promises'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { StreamError, toStreamError } from '../errors.ts'
import { pathFault } from '../path-fault.ts'

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
}

const LOOKED_AT_EVERY_MS = 10_000

/** Reads certificate and key. Throws `configuration_invalid`, naming the variable, if they do not form a pair. */
export async function readTlsFiles({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = [await read('API_TLS_CERT_FILE', certFile), await read('API_TLS_KEY_FILE', keyFile)]
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const message = `API_TLS_CERT_FILE: ${certFile} and ${keyFile} are not a certificate and its key in PEM (${toStreamError(cause).message})`
    throw new StreamError('configuration_invalid', message, { field: 'API_TLS_CERT_FILE', cause })
  }
  return { cert, key }
}

async function read(field: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const message = `${field}: ${path} ${pathFault(cause)}`
    throw new StreamError('configuration_invalid', message, { field, cause })
  }
}

/** Uses renewed files as soon as they form a pair; open connections are not affected. */
export function followTlsFiles(server: Server, files: TlsFiles, logger: Logger): { close(): void } {
  let known = ''
  let looking = false
  const look = async () => {
    if (looking) return
    looking = true
    try {
      const times = await timesOf(files)
      if (known !== '' && known !== times) {
        server.setSecureContext(await readTlsFiles(files))
        logger.info({ certFile: files.certFile }, 'renewed the certificate of the API')
      }
      known = times
    } catch (err) {
      logger.warn({ err }, 'cannot use the renewed certificate of the API; keeping the last one')
    } finally {
      looking = false
    }
  }
  void look()
  const timer = setInterval(() => void look(), LOOKED_AT_EVERY_MS)
  timer.unref()
  return { close: () => clearInterval(timer) }
}

async function timesOf({ certFile, keyFile }: TlsFiles): Promise<string> {
  const [cert, key] = await Promise.all([stat(certFile), stat(keyFile)])
  return `${cert.mtimeMs} ${cert.ino} ${key.mtimeMs} ${key.ino}`
}
