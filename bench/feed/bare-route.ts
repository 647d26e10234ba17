import fastify from 'fastify'

/** A server with one route that answers the same bytes always: what Fastify itself can do. */
async function main(body: string): Promise<void> {
  const app = fastify()
  app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(body))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  process.once('disconnect', () => void app.close())
  process.send?.(url)
}

await main(JSON.parse(process.argv[2] ?? '""') as string)
