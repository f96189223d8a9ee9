/** As much of a description of an API as joining needs. */
interface Api {
  readonly info: object;
  readonly paths: object;
  readonly components: { readonly schemas: object };
}

/** One description of several APIs that are served together. What they have in common is the same in all of them. */
export function joinedApis(apis: readonly Api[]): object {
  const [first] = apis;
  return {
    ...first,
    info: {
      ...first?.info,
      title: 'rxfan',
      description: 'Everything that this server does, on one port.',
    },
    paths: Object.assign({}, ...apis.map(({ paths }) => paths)) as object,
    components: { schemas: Object.assign({}, ...apis.map(({ components }) => components.schemas)) as object },
  };
}
