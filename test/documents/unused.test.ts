import { withoutUnused } from '../../lib/documents/unused';

const script = (text: string): readonly string[] => text.trim().split('\n');

test('what nothing names is left out, and what only that had named', () => {
  const lines = script(`
def kept():
 return 1
def first():
 return second()
def second():
 return 2
run(kept)`);
  expect(withoutUnused(lines)).toEqual(['def kept():', ' return 1', 'run(kept)']);
});

test('methods too, save those with underscores and those of a class that a library calls', () => {
  const lines = script(`
class Own(Base):
 def __init__(self):
  self.asked()
 def asked(self):
  pass
 def idle(self):
  pass
class Connection(http.client.HTTPConnection):
 def connect(self):
  pass
run(Own, Connection)`);
  expect(withoutUnused(lines)).toEqual(lines.filter((_, at) => at !== 5 && at !== 6));
});

test('a name in a string keeps what it names, and a longer name does not', () => {
  expect(
    withoutUnused(
      script(`
def told():
 pass
def tell():
 pass
run("told", retell)`),
    ),
  ).toEqual(['def told():', ' pass', 'run("told", retell)']);
});
