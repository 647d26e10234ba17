/** The company and user that a simulator accepts. They are not real, so they may be printed and used in examples. */
export const SAP_B1_CREDENTIALS = {
  companyDb: 'SBODEMOUS',
  username: 'waldstream',
  password: 'sap-b1-simulator-password',
} as const
