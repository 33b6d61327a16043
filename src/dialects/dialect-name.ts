/** The three generations of OpenIM's REST API. */
export type Dialect = 'v1' | 'v2' | 'v3';
