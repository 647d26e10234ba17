import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

interface StoredFile {
  readonly content: Buffer
  readonly modifiedAt: Date
}

/** What an answer of a test's own gets: it may be wrong, late or none. */
export interface OwnAnswer {
  readonly method: string
  readonly response: ServerResponse
  /** Of the file, if it is there. */
  readonly content: Buffer
  /** What the server would do and answer. */
  readonly usual: () => void
  /** The server does it, and the answer is lost. */
  readonly lost: () => void
}

export interface FileServer extends Awaited<ReturnType<typeof startFileServer>> {}

function basic(user: string): string {
  return `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`
}

/**
 * A web server with files: GET and HEAD with validators, PUT with `If-None-Match: *`, DELETE, as RFC 9110 says
 * (sections 8.8, 9.3, 13.1.2). It asks for HTTP Basic.
 */
export async function startFileServer() {
  const authorization = basic('vendor')
  const files = new Map<string, StoredFile>()
  const own: ((answer: OwnAnswer) => void)[] = []
  const put = new Map<string, (answer: OwnAnswer) => void>()
  const requests: { method: string; path: string; authorization: string | undefined }[] = []
  const state = {
    authorization,
    isOpen: false,
    hasValidators: true,
    refused: null as string | null,
    locked: null as string | null,
  }
  const server = createServer(async (request, response) => {
    const [method = '', path] = [request.method, decodeURIComponent(request.url ?? '').slice(1)]
    requests.push({ method, path, authorization: request.headers.authorization })
    const body = await buffer(request)
    const usual = () => answer(request, response, path, body)
    const lost = () => {
      response.destroy()
      usual()
    }
    const next = request.method === 'PUT' && put.has(path) ? put.get(path) : own.shift()
    if (request.method === 'PUT') put.delete(path)
    if (next === undefined) usual()
    else next({ method, response, content: files.get(path)?.content ?? Buffer.alloc(0), usual, lost })
  })
  const answer = (request: IncomingMessage, response: ServerResponse, path: string, body: Buffer) => {
    const file = files.get(path)
    const end = (status: number) => void response.writeHead(status).end()
    if (!state.isOpen && request.headers.authorization !== state.authorization) return end(401)
    if (request.method === 'PUT') {
      if (path === state.refused) return end(403)
      if (request.headers['if-none-match'] === '*' && file !== undefined) return end(412)
      files.set(path, { content: body, modifiedAt: new Date() })
      return end(file === undefined ? 201 : 204)
    }
    if (file === undefined) return end(404)
    if (request.method === 'DELETE') {
      // RFC 4918, 11.3.
      if (path === state.locked) return end(423)
      files.delete(path)
      return end(204)
    }
    const validators = {
      'content-length': file.content.length,
      'last-modified': file.modifiedAt.toUTCString(),
      etag: `"${createHash('sha256').update(file.content).digest('hex')}"`,
    }
    response.writeHead(200, { 'content-type': 'text/csv', ...(state.hasValidators ? validators : {}) })
    return void response.end(request.method === 'HEAD' ? undefined : file.content)
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    address: `http://127.0.0.1:${address.port}`,
    authorization,
    files,
    requests,
    put: (path: string, content: string, modifiedAt = new Date()) =>
      void files.set(path, { content: Buffer.from(content), modifiedAt }),
    /** Answers the next request that no other answer is for. */
    answerNext: (answers: (answer: OwnAnswer) => void) => void own.push(answers),
    /** Answers the next PUT of this path. */
    onPut: (path: string, answers: (answer: OwnAnswer) => void) => void put.set(path, answers),
    /** Its user has another name from now on. */
    rename(user: string) {
      state.authorization = basic(user)
    },
    /** Asks for no sign-in any more. */
    open() {
      state.isOpen = true
    },
    /** Nothing may be written there; null: all may. */
    refuse(path: string | null) {
      state.refused = path
    },
    /** It can't be deleted, as while another program reads it; null: all files can. */
    keepLocked(path: string | null) {
      state.locked = path
    },
    /** Says neither size nor time nor version, like a program that makes the file anew for each request. */
    withoutValidators() {
      state.hasValidators = false
    },
  }
}
