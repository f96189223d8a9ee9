export { ratesBetween } from './ratesBetween.ts';
export { toDot } from './toDot.ts';
export { toJson } from './toJson.ts';
export { toMermaid } from './toMermaid.ts';
export type { Explanation, InspectedNode, InspectedWait, InspectionGraph } from '../../contracts/inspection.ts';
export { InspectionOffError, InspectionRunningError } from '../../contracts/inspectionFailure.ts';
