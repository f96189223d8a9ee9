export const openapi = { info: {}, paths: {}, components: { schemas: {} } } as const;
