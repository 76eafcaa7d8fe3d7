// AWS query protocol: how STS takes its parameters (a form) and answers (XML).
import { ApiError } from './api-error.ts';
import type { Reply } from './reply.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Nested output of an STS operation: element name to text or to further elements. */
export interface XmlElements {
  readonly [name: string]: string | XmlElements;
}

export function formOf(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

export function queryReply(operation: string, result: XmlElements, requestId: string): Reply {
  const inner = elements({ [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } });
  return xml(200, `<${operation}Response xmlns="${namespace}">${inner}</${operation}Response>`, requestId);
}

export function queryErrorReply(error: ApiError, requestId: string): Reply {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const inner = elements({ Error: { Type: type, Code: error.code, Message: error.message }, RequestId: requestId });
  return xml(error.status, `<ErrorResponse xmlns="${namespace}">${inner}</ErrorResponse>`, requestId);
}

function xml(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function elements(tree: XmlElements): string {
  return Object.entries(tree)
    .map(([name, value]) => `<${name}>${typeof value === 'string' ? escaped(value) : elements(value)}</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
