"""How well and how fast `loader.extract.quotes` finds quotations, speakers and cues."""
