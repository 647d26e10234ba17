import { variableNames } from '../variables.ts'

/** Beginnings of names, beside the program's own variables, of its platform, its runtime and what it may read one day. */
const OWN = [
  'ALLOWED_',
  'API_',
  'AUDIT_',
  'AWS_',
  'CONFIG_',
  'CORS_',
  'CURSOR_',
  'DYNAMODB_',
  'FEED_SETTLE_',
  'GIT_',
  'KAFKA_',
  'KUBERNETES_',
  'LD_',
  'LOG_',
  'NODE_',
  'NPM_',
  'OIDC_',
  'OTEL_',
  'PERSON_',
  'RATE_LIMIT_',
  'RETENTION_',
  'RUN_LEASE_',
  'SCHEMA_REGISTRY_',
  'SECRET_',
  'SMTP_',
  'SSH_',
  'SSL_',
  'TABLE_',
  'TLS_',
  'TOPIC_',
  'TRUSTED_',
]

const ALONE: readonly string[] = [
  ...variableNames,
  'ALL_PROXY',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_SECRET',
  'AZURE_FEDERATED_TOKEN_FILE',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'KUBECONFIG',
  'HOME',
  'HOSTNAME',
  'PATH',
  'PWD',
  'SHELL',
  'SHLVL',
  'USER',
  'SERVICES',
]

/** Whether a variable is none that a system's secret or address may be in, whatever an operator lists. */
export function isOwnVariable(name: string): boolean {
  const upper = name.toUpperCase()
  return ALONE.includes(upper) || OWN.some((beginning) => upper.startsWith(beginning))
}
