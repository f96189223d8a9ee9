import { checkEncoding, isUtf8, mediaTypeOf } from './mediaType.ts';
import { RequestError } from './problem.ts';

/** What {@link readForm} accepts. */
export interface ReadFormOptions {
  /** Most fields. Default: 100. */
  readonly maxFields?: number | undefined;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * The fields of a form, in their order, as often as they are given. Throws RequestError: 415 for anything but a form in
 * UTF-8 that is sent as it is, 400 for one that cannot be read or has too many fields.
 */
export async function readForm(
  request: Request,
  { maxFields = 100 }: ReadFormOptions = {},
): Promise<readonly (readonly [name: string, value: string])[]> {
  const { headers } = request;
  if (mediaTypeOf(headers) !== FORM_TYPE || !isUtf8(headers)) {
    throw new RequestError(
      415,
      'unsupported_media_type',
      `the body must be a form in UTF-8: content-type ${FORM_TYPE}`,
      {
        accept: FORM_TYPE,
      },
    );
  }
  checkEncoding(headers);
  const text = await request.text();
  try {
    decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new RequestError(400, 'invalid_form', 'the form holds a % that is not followed by UTF-8 in hexadecimal');
  }
  const fields = [...new URLSearchParams(text)];
  if (fields.length > maxFields) {
    throw new RequestError(400, 'too_many_fields', `the form has more than ${maxFields} fields`);
  }
  return fields;
}
