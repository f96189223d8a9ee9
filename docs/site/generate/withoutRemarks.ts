const REMARK = /<!-- (?:from|given):\s[\s\S]*?-->\n*/g;

/** A page without what checks of its code read and readers need not: `<!-- from: … -->`, `<!-- given: … -->`. */
export function withoutRemarks(text: string): string {
  return text.replaceAll(REMARK, '');
}
