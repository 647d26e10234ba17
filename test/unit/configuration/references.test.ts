import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createResolver } from '../../../src/configuration/references.ts'
import { ownsSku } from '../../../src/rules/ownership.ts'
import { variableNames } from '../../../src/variables.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waldstream-secrets-'))
})
afterEach(async () => await rm(folder, { recursive: true }))

const own = 'WALDSTREAM_SECRET_ACME_SHOP__TOKEN'
const reference = `env:${own}`
const refused = { code: 'configuration_invalid' }

describe('a variable', () => {
  it("is a system's own by its name: the prefix, the id, two underscores", async () => {
    const resolve = createResolver({ [own]: 'value', WALDSTREAM_SECRET_ACME__SHOP_TOKEN: 'other' })
    expect(await resolve('acme-shop', reference)).toBe('value')
    expect(await resolve('acme', 'env:WALDSTREAM_SECRET_ACME__SHOP_TOKEN')).toBe('other')
  })

  it.each(['acme', 'acme-shop-2', 'shop', 'a', '', 'acme-shop-'])("is no other system's: %s", async (system) => {
    await expect(createResolver({ [own]: 'value' })(system, reference)).rejects.toThrow(/is not allowed for/)
  })

  it.each([
    ['a--b', 'WALDSTREAM_SECRET_A__B__KEY'],
    ['a-', 'WALDSTREAM_SECRET_A___KEY'],
    ['-a', 'WALDSTREAM_SECRET__A__KEY'],
  ])('is one system alone where ids have dashes in a row: %s', async (system, name) => {
    const resolve = createResolver({ [name]: 'value' })
    expect(await resolve(system, `env:${name}`)).toBe('value')
    await expect(resolve('a', `env:${name}`)).rejects.toMatchObject(refused)
  })

  it('of the demo is one system’s alone, where the operator lists none', async () => {
    const resolve = createResolver({ DEMO_NETSUITE_TOKEN_ID: 'value' })
    expect(await resolve('netsuite', 'env:DEMO_NETSUITE_TOKEN_ID')).toBe('value')
    await expect(resolve('netsuite-token', 'env:DEMO_NETSUITE_TOKEN_ID')).rejects.toMatchObject(refused)
  })

  it('may be listed by the operator, for one system or for any', async () => {
    const listed = { SECRET_ENV_NAMES: 'shop=SHOP_TOKEN, *=SHARED_*', SHOP_TOKEN: 'a', SHARED_KEY: 'b' }
    const resolve = createResolver(listed)
    expect(await resolve('shop', 'env:SHOP_TOKEN')).toBe('a')
    expect(await resolve('erp', 'env:SHARED_KEY')).toBe('b')
    await expect(resolve('erp', 'env:SHOP_TOKEN')).rejects.toThrow(/add erp=SHOP_TOKEN to SECRET_ENV_NAMES/)
  })

  it('has a prefix of the operator, whose other one is not any more', async () => {
    const resolve = createResolver({ SECRET_ENV_PREFIX: 'SELLER_', SELLER_ACME_SHOP__TOKEN: 'a', [own]: 'b' })
    expect(await resolve('acme-shop', 'env:SELLER_ACME_SHOP__TOKEN')).toBe('a')
    await expect(resolve('acme-shop', reference)).rejects.toThrow(/name the variable SELLER_ACME_SHOP__/)
  })

  it.each([...variableNames, 'AWS_ROLE_ARN', 'OIDC_CLIENT_SECRET', 'api_token', 'PATH', 'NODE_OPTIONS'])(
    'of the program itself is nobody’s, whatever is listed: %s',
    async (name) => {
      const resolve = createResolver({ SECRET_ENV_NAMES: '*=*', SECRET_ENV_PREFIX: 'A', [name]: 'hidden-value' })
      await expect(resolve('shop', `env:${name}`)).rejects.toThrow(/^(?!.*hidden-value).*own settings/)
    },
  )

  it('that is not set is named', async () => {
    for (const environment of [{}, { [own]: '' }]) {
      await expect(createResolver(environment)('acme-shop', reference)).rejects.toMatchObject({
        ...refused,
        field: reference,
        message: expect.stringContaining(`${reference} is not set`),
      })
    }
  })
})

describe('a file', () => {
  const resolver = (more: Readonly<Record<string, string>> = {}) => createResolver({ SECRET_DIR: folder, ...more })

  it('that proves who the process is, is nobody’s, whatever the system is called', async () => {
    const places = [
      ['kubernetes', '/run/secrets/kubernetes.io/serviceaccount/token'],
      ['eks', '/run/secrets/eks.amazonaws.com/serviceaccount/token'],
      ['pods', '/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token'],
      ['vault', '/run/secrets/vault.hashicorp.com/serviceaccount/token'],
      ['azure', '/run/secrets/azure/tokens/azure-identity-token'],
      ['tokens', '/run/secrets/tokens/gcp-ksa/google-application-credentials.json'],
      ['istio', '/run/secrets/istio/root-cert.pem'],
    ] as const
    const resolve = createResolver({ SECRET_FILES: '*=*' })
    for (const [system, path] of places) {
      await expect(resolve(system, `file:${path}`), path).rejects.toThrow(/the machine's own files/)
    }
  })

  it('of the program itself is nobody’s: what its own variables name, and links to it', async () => {
    const path = join(folder, 'api-token.txt')
    await writeFile(path, 'hidden-value')
    await symlink(path, join(folder, 'acme.token'))
    for (const name of ['API_TOKEN_FILE', 'API_TLS_KEY_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'KUBECONFIG']) {
      for (const named of [path, `${folder}/./api-token.txt`, join(folder, 'acme.token')]) {
        const resolve = resolver({ [name]: named, SECRET_FILES: '*=*' })
        for (const [system, file] of [['api-token', path] as const, ['acme', join(folder, 'acme.token')] as const]) {
          const refused = expect(resolve(system, `file:${file}`), `${name} ${named} ${file}`).rejects
          await refused.toThrow(/^(?!.*hidden-value).*(own files|a link to a file outside its folder)/)
        }
      }
    }
    expect(await resolver({ NODE_EXTRA_CA_CERTS: path })('api-token', `file:${path}`)).toBe('hidden-value')
  })

  it("is a system's own by its name or its folder; its last line break is not its value", async () => {
    await mkdir(join(folder, 'acme-shop'))
    await writeFile(join(folder, 'acme-shop', 'key.pem'), 'one\n')
    await writeFile(join(folder, 'acme-shop.token'), 'two\r\n')
    expect(await resolver()('acme-shop', `file:${folder}/acme-shop/key.pem`)).toBe('one')
    expect(await resolver()('acme-shop', `file:${folder}/acme-shop.token`)).toBe('two')
    for (const system of ['acme', 'shop', 'acme-shop-2']) {
      await expect(resolver()(system, `file:${folder}/acme-shop.token`)).rejects.toThrow(/is not allowed for/)
    }
  })

  it.each([
    'file:/proc/self/environ',
    'file:/proc/1/environ',
    'file:/sys/kernel/notes',
    'file:/dev/stdin',
    'file:/etc/shadow',
    'file:/home/node/.aws/credentials',
    'file:/run/secrets/../../proc/self/environ',
    'file://proc/self/environ',
    'file:/run/secrets/./shop.token',
  ])("of the machine is nobody's, whatever is listed: %s", async (wanted) => {
    const resolve = createResolver({ SECRET_FILES: '*=*' })
    await expect(resolve('shop', wanted)).rejects.toThrow(/own files|absolute path without/)
  })

  it('is refused where a link leads out of the folder, or to the machine', async () => {
    await mkdir(join(folder, 'secrets'))
    await writeFile(join(folder, 'outside'), 'hidden-value')
    await symlink(join(folder, 'outside'), join(folder, 'secrets', 'shop.token'))
    await symlink('/proc/self/environ', join(folder, 'secrets', 'shop.environ'))
    await symlink('/proc/self', join(folder, 'secrets', 'shop'))
    const resolve = createResolver({ SECRET_DIR: join(folder, 'secrets'), SECRET_FILES: `erp=${folder}/secrets/*` })
    for (const name of ['shop.token', 'shop.environ', 'shop/environ']) {
      const wanted = `file:${folder}/secrets/${name}`
      await expect(resolve('shop', wanted), name).rejects.toThrow(
        /^(?!.*hidden-value).*link to a file outside its folder/,
      )
    }
    await expect(resolve('erp', `file:${folder}/secrets/shop.environ`)).rejects.toThrow(
      /link to a file outside its folder/,
    )
  })

  it('is read through a link that stays in the folder, as Kubernetes mounts them', async () => {
    await mkdir(join(folder, '..data'))
    await writeFile(join(folder, '..data', 'shop.token'), 'value')
    await symlink(join('..data', 'shop.token'), join(folder, 'shop.token'))
    expect(await resolver()('shop', `file:${folder}/shop.token`)).toBe('value')
  })

  it('may be listed by the operator, wherever it is', async () => {
    await writeFile(join(folder, 'old.key'), 'value')
    const resolve = createResolver({ SECRET_FILES: `shop=${folder}/old.key` })
    expect(await resolve('shop', `file:${folder}/old.key`)).toBe('value')
    await expect(resolve('erp', `file:${folder}/old.key`)).rejects.toThrow(/to SECRET_FILES/)
  })

  it('that is not there, is empty, or is no file is named, without what it holds', async () => {
    await writeFile(join(folder, 'shop.empty'), '\n')
    await writeFile(join(folder, 'shop.large'), 'x'.repeat(70_000))
    await mkdir(join(folder, 'shop.folder'))
    for (const name of ['none', 'empty', 'large', 'folder']) {
      const wanted = `file:${folder}/shop.${name}`
      await expect(resolver()('shop', wanted), name).rejects.toMatchObject({ ...refused, field: wanted })
    }
  })
})

it('that is no reference is not repeated, since it may be the secret itself', async () => {
  await expect(createResolver({})('shop', 'hunter2')).rejects.toThrow(/^(?!.*hunter2).*env:NAME/)
})

describe('ownership', () => {
  it('is a match anywhere in the SKU', () => {
    expect(ownsSku({ ownership: { skuPattern: '^MH0[1-3]' } }, 'MH02-M-Gray')).toBe(true)
    expect(ownsSku({ ownership: { skuPattern: '^MH0[1-3]' } }, 'MH04-M-Gray')).toBe(false)
    expect(ownsSku({ ownership: { skuPattern: '-Gray$' } }, 'MH04-M-Gray')).toBe(true)
  })
})
