export { catalogueApp, type CatalogueAppOptions } from './catalogueApp.ts';
export {
  createCatalogue,
  type Catalogue,
  type CatalogueOptions,
  type CatalogueQuery,
  type CatalogueSource,
  type RefreshReport,
} from './createCatalogue.ts';
export { loadAssets, type Asset, type Assets } from './loadAssets.ts';
export { openapi } from './openapi.ts';
export type { SourceReport } from './sourceReports.ts';
