import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { createAwsSecrets } from '../../../src/configuration/aws-secrets.ts'
import { createResolver } from '../../../src/configuration/references.ts'

/** Speaks the protocol of both services: signed JSON requests, named by `x-amz-target`. */
async function startAws() {
  const values = new Map<string, string>()
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, unknown>>
    const target = String(request.headers['x-amz-target'])
    const name = String(body['SecretId'] ?? body['Name'])
    asked.push(`${target} ${name}`)
    const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/') === true
    const value = values.get(name)
    const answer = (status: number, json: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json))
    if (!signed) answer(400, { __type: 'UnrecognizedClientException', message: 'no signature' })
    else if (value === undefined) answer(400, { __type: 'ResourceNotFoundException', message: 'hidden-message' })
    else if (target === 'secretsmanager.GetSecretValue') answer(200, { Name: name, SecretString: value })
    else if (body['WithDecryption'] === true) answer(200, { Parameter: { Name: name, Value: value } })
    else answer(400, { __type: 'ValidationException', message: 'encrypted' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_SSM: url,
    SECRET_AWS_PREFIX: 'waldstream/',
  }
  return { values, asked, environment }
}

let aws: Awaited<ReturnType<typeof startAws>>
beforeEach(async () => {
  aws = await startAws()
})

it('a secret, a field of one, and a parameter are read from AWS', async () => {
  aws.values.set('waldstream/shop/token', 'one')
  aws.values.set('waldstream/shop/keys', '{"id":"two","secret":"three"}')
  aws.values.set('/waldstream/shop/password', 'four')
  const resolve = createResolver(aws.environment)
  expect(await resolve('shop', 'aws-secret:waldstream/shop/token')).toBe('one')
  expect(await resolve('shop', 'aws-secret:waldstream/shop/keys#id')).toBe('two')
  expect(await resolve('shop', 'aws-secret:waldstream/shop/keys#secret')).toBe('three')
  expect(await resolve('shop', 'aws-ssm:/waldstream/shop/password')).toBe('four')
  expect(aws.asked).toEqual([
    'secretsmanager.GetSecretValue waldstream/shop/token',
    'secretsmanager.GetSecretValue waldstream/shop/keys',
    'AmazonSSM.GetParameter /waldstream/shop/password',
  ])
})

it('is asked only for what its system may have', async () => {
  const { SECRET_AWS_PREFIX: _prefix, ...without } = aws.environment
  for (const [environment, system, reference] of [
    [aws.environment, 'shop', 'aws-secret:waldstream/shop-2/token'],
    [aws.environment, 'sho', 'aws-secret:waldstream/shop/token'],
    [aws.environment, 'shop', 'aws-ssm:/other/shop/token'],
    [without, 'shop', 'aws-ssm:/waldstream/shop/token'],
  ] as const) {
    await expect(createResolver(environment)(system, reference)).rejects.toThrow(/is not allowed .* SECRET_AWS_NAMES/)
  }
  expect(aws.asked).toEqual([])
  aws.values.set('legacy', 'value')
  const listed = createResolver({ ...without, SECRET_AWS_NAMES: 'shop=legacy' })
  expect(await listed('shop', 'aws-secret:legacy')).toBe('value')
})

it('what is not there, or has no such field, is named without what it holds', async () => {
  aws.values.set('waldstream/shop/text', 'hidden-text')
  aws.values.set('waldstream/shop/keys', '{"id":"hidden-id"}')
  const resolve = createResolver(aws.environment)
  for (const name of ['none', 'text#id', 'keys#other', 'keys#toString']) {
    const reference = `aws-secret:waldstream/shop/${name}`
    await expect(resolve('shop', reference), name).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: reference,
      message: expect.stringMatching(/^(?!.*hidden).*can't be read/),
    })
  }
})

it('a value is kept for ten seconds, and one that failed not at all', async () => {
  let time = 0
  const secrets = createAwsSecrets(aws.environment, () => time)
  const reference = { form: 'aws-secret', name: 'waldstream/shop/token', key: null } as const
  await expect(secrets.get(reference)).rejects.toThrow()
  aws.values.set(reference.name, 'old')
  expect(await secrets.get(reference)).toBe('old')
  aws.values.set(reference.name, 'new')
  expect(await secrets.get(reference)).toBe('old')
  time = 10_000
  expect(await secrets.get(reference)).toBe('new')
  expect(aws.asked).toHaveLength(3)
})
