/** An environment in which the operator lets every system have every secret. */
export const anySecrets = { SECRET_ENV_NAMES: '*=*', SECRET_FILES: '*=*' }
