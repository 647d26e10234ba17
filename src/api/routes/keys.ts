import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import {
  createKey,
  type KeyStatus,
  listKeys,
  revokeKey,
  rotateKey,
  type ShownKey,
  showKey,
} from '../../operations/keys.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { IssuedKey, Key, KeyBody, KeyId, KeyList, RevokeBody, RotateBody } from './key-schemas.ts'

const tags = ['keys']

/** Keys of the API's callers. */
export function keyRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const list = { tags, response: { 200: KeyList, ...problems(401) } }
    app.get('/v1/keys', { schema: list }, async (request) => {
      const { items } = answerList(await listKeys(operations, principalOf(request)))
      return { items: items.map(toKey) }
    })
    const create = { tags, body: KeyBody, response: { 201: IssuedKey, ...problems(400, 401, 409) } }
    app.post('/v1/keys', { schema: create }, async (request, reply) => {
      const { name, scopes, connections, systems } = request.body
      const wanted = {
        name,
        scopes,
        connections,
        systems,
        expiresAt: timeParameter('expires_at', request.body.expires_at),
      }
      const key = await createKey(operations, principalOf(request), wanted)
      return await reply.code(201).send(toIssued(key))
    })
    const one = { tags, params: KeyId, response: { 200: Key, ...problems(401, 404) } }
    app.get('/v1/keys/:id', { schema: one }, async (request) =>
      toKey(await showKey(operations, principalOf(request), request.params.id)),
    )
    const answers = problems(400, 401, 404, 409)
    const rotate = { tags, params: KeyId, body: RotateBody, response: { 200: IssuedKey, ...answers } }
    app.post('/v1/keys/:id/rotate', { schema: rotate }, async (request) => {
      const wanted = { id: request.params.id, oldUntil: timeParameter('old_until', request.body.old_until) }
      const key = await rotateKey(operations, principalOf(request), wanted)
      return toIssued(key)
    })
    const revoke = { tags, params: KeyId, body: RevokeBody, response: { 200: Key, ...problems(400, 401, 404) } }
    app.post('/v1/keys/:id/revoke', { schema: revoke }, async (request) => {
      const wanted = { id: request.params.id, reason: request.body.reason ?? null }
      return toKey(await revokeKey(operations, principalOf(request), wanted))
    })
  }
}

function toKey({ scopes, connections, systems, ...key }: KeyStatus): Static<typeof Key> {
  const listed = (ids: KeyStatus['systems']) => (ids === 'all' ? ids : [...ids])
  return { ...key, scopes: [...scopes], connections: listed(connections), systems: listed(systems) }
}

function toIssued(shown: ShownKey): Static<typeof IssuedKey> {
  return { ...toKey(shown), key: shown.key }
}
