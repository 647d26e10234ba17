import { variableNames } from '../variables.ts'

/** Prefixes of reserved variables: of the program, its platform and its runtime, including future settings. */
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

/** Whether a variable may never hold a system's secret or address, even if an operator lists it. */
export function isOwnVariable(name: string): boolean {
  const upper = name.toUpperCase()
  return ALONE.includes(upper) || OWN.some((beginning) => upper.startsWith(beginning))
}
