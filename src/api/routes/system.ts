import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  examineSystem,
  listConsumers,
  listRunning,
  listTables,
  listTopics,
  showVersions,
} from '../../operations/system.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { ConsumerList, ProcessList, TableList, TopicList, VersionsAnswer } from './system-schemas.ts'
import { Tested, testedAnswer } from './tests.ts'

const tags = ['system']
const refusals = problems(401, 404)

/**
 * State of the installation, for callers with access to everything. One route per part, since each may be down alone.
 */
export function systemRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const processes = { tags, response: { 200: ProcessList, ...refusals } }
    app.get('/v1/system/processes', { schema: processes }, async (request) => ({
      items: (await listRunning(operations, principalOf(request))).map((one) => ({ ...one, roles: [...one.roles] })),
    }))
    const consumers = { tags, response: { 200: ConsumerList, ...refusals } }
    app.get('/v1/system/consumers', { schema: consumers }, async (request) => {
      const { groups, complete } = await listConsumers(operations, principalOf(request))
      const items = groups.map((one) => ({ ...one, members: [...one.members], topics: [...one.topics] }))
      return { items, complete }
    })
    const topics = { tags, response: { 200: TopicList, ...refusals } }
    app.get('/v1/system/topics', { schema: topics }, async (request) => ({
      items: (await listTopics(operations, principalOf(request))).map(withProblems),
    }))
    const tables = { tags, response: { 200: TableList, ...refusals } }
    app.get('/v1/system/tables', { schema: tables }, async (request) => ({
      items: [...(await listTables(operations, principalOf(request)))],
    }))
    const versions = { tags, response: { 200: VersionsAnswer, ...refusals } }
    app.get('/v1/system/versions', { schema: versions }, async (request) => {
      const { brokers, schemas, ...rest } = await showVersions(operations, principalOf(request))
      return { ...rest, brokers: [...brokers], schemas: schemas.map(withProblems) }
    })
    const test = { tags, response: { 200: Tested, ...refusals } }
    app.post('/v1/system/test', { schema: test }, async (request) =>
      testedAnswer(await examineSystem(operations, principalOf(request))),
    )
  }
}

function withProblems<T, P>({ problems: found, ...rest }: T & { readonly problems: readonly P[] }) {
  return { ...rest, problems: [...found] }
}
