import aslValidator from 'asl-validator';
import { definitionText } from '../support/definition';
import { stackOf, templateOf } from '../support/template';

test('the definition is clean for asl-validator', () => {
  const machine: unknown = JSON.parse(
    definitionText(templateOf(stackOf())).replaceAll(/"arn:token:states/g, '"arn:aws:states'),
  );
  const { isValid, errors } = aslValidator(machine, {
    checkArn: false,
    checkPaths: false,
  });
  expect(errors).toEqual([]);
  expect(isValid).toBe(true);
});
