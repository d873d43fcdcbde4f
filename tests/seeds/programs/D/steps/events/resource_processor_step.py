# resource_processor_step.py
config = {
    "type": "event",
    "name": "ProcessResourceData",
    "subscribes": ["resource.created"],
    "emits": ["resource.processed"],
    "flows": ["resource-management"]
}

async def handler(input_data, ctx):
    # Use ctx.logger for logging
    # Access state via ctx.state  
    # Emit events via ctx.emit
    # Handle exceptions properly
    try:
        resource_id = input_data.get('id')
        title = input_data.get('title')
        category = input_data.get('category')
        
        # Process the resource data
        processed_data = {
            'id': resource_id,
            'title': title.upper(),
            'category': category,
            'processed_at': ctx.utils.dates.now().isoformat(),
            'status': 'processed'
        }
        
        await ctx.state.set(ctx.trace_id, f'processed_resource_{resource_id}', processed_data)
        await ctx.emit({
            'topic': 'resource.processed',
            'data': processed_data
        })
        
        ctx.logger.info('Resource processed successfully', {'resource_id': resource_id, 'trace_id': ctx.trace_id})
    except Exception as error:
        ctx.logger.error('Resource processing failed', {'error': str(error), 'trace_id': ctx.trace_id})
